-- Statistics are there, and nothing of the loading is left to be written while it is measured.
VACUUM ANALYZE;
CHECKPOINT;
