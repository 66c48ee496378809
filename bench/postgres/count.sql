SELECT count(*) FROM seat WHERE status = :'status';
