// nginx in front of usher, as an operator would have it: requests go on over connections that are
// kept, their bodies gathered first or streamed. Everything of it is in a directory of its own.

import { readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'

import { launch, newDirectory } from '../../api/support/house.mjs'
import { until, within } from '../../api/support/wait.mjs'

// What it forwarded, how that was answered, and whether its own client could see a head.
const LINE = '$upstream_status $upstream_http_x_request_id $status $server_protocol'

const settings = (at, upstream, sockets) => `
daemon off;
worker_processes 1;
pid ${at}/pid;
error_log stderr error;
events { worker_connections 1024; }
http {
    log_format forwarded '${LINE}';
    access_log ${at}/forwarded forwarded;
    client_body_temp_path ${at}/body;
    proxy_temp_path ${at}/proxy;
    fastcgi_temp_path ${at}/fastcgi;
    uwsgi_temp_path ${at}/uwsgi;
    scgi_temp_path ${at}/scgi;
    client_max_body_size 10m;
    client_body_buffer_size 1m;
    lingering_close always;
    large_client_header_buffers 8 32k;
    keepalive_requests 100000;
    upstream usher { server ${upstream}; keepalive 16; keepalive_requests 100000; }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_ignore_client_abort on;
    server {
        listen unix:${sockets.gathered};
        location / { proxy_pass http://usher; }
    }
    server {
        listen unix:${sockets.streamed};
        location / { proxy_pass http://usher; proxy_request_buffering off; }
    }
}
`

const accepts = path =>
    new Promise(resolve => {
        const socket = net.connect(path)
        socket.on('error', () => resolve(false))
        socket.on('connect', () => resolve(socket.destroy() && true))
    })

export class Nginx {
    // `url` is usher's. It listens on sockets in its directory, so that no port can be taken.
    static async start(url) {
        const nginx = new Nginx()
        nginx.at = await newDirectory()
        nginx.sockets = {
            gathered: join(nginx.at, 'gathered'),
            streamed: join(nginx.at, 'streamed'),
        }
        const file = join(nginx.at, 'settings')
        await writeFile(file, settings(nginx.at, new URL(url).host, nginx.sockets))
        nginx.process = launch('nginx', ['-e', 'stderr', '-p', nginx.at, '-c', file])
        let over = null
        nginx.process.ended.then(end => (over = end))
        await until('nginx', () => over || accepts(nginx.sockets.streamed))
        if (over) throw new Error(`nginx ended with ${over.code}: ${over.stderr}`)
        return nginx
    }

    // What it forwarded: the status and the id of usher's answer, the status that its own client
    // got, and the version that the client spoke. It writes a line when a request is over.
    async forwarded() {
        const text = await readFile(join(this.at, 'forwarded'), 'utf8')
        return text
            .split('\n')
            .filter(line => line !== '')
            .map(line => {
                const [upstream, id, status, version] = line.split(' ')
                return { upstream, id, status, version }
            })
            .filter(({ upstream }) => upstream !== '-')
    }

    async close() {
        this.process.child.kill('SIGTERM')
        await within('the end of nginx', this.process.ended)
        await rm(this.at, { recursive: true, force: true })
    }
}
