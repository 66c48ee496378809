// nginx, with the settings of a file of nginx/, whose {braces} are filled in.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, heeding, newDirectory, start, stop, until } from './children.mjs';
import { source } from './settings.mjs';

const isRoot = process.getuid() === 0;

async function fillIn(name, values) {
  const text = await readFile(source(`nginx/${name}`), 'utf8');
  return text.replace(/\{(\w+)\}/g, (braces, key) => values[key] ?? braces);
}

// `prepare` is given the directory in which nginx works, before it starts. `use` is given the port and
// the process.
export async function withNginx(settings, use, { values = {}, env = {}, prepare = () => {} } = {}) {
  const at = await newDirectory('nginx');
  const port = await freePort();
  const user = isRoot ? 'user root;' : '';
  await writeFile(join(at, 'settings'), await fillIn(settings, { at, port, user, ...values }));
  await prepare(at);
  const child = start('nginx', ['-e', 'stderr', '-c', join(at, 'settings')],
    { stopSignal: 'SIGQUIT', env: { ...process.env, ...env } });
  try {
    await until('nginx answers', async () => {
      if (child.exitCode !== null) throw new Error(`nginx: ${child.errors}`);
      return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
    });
    return await heeding(child, () => use(port, child));
  } finally {
    await stop(child);
  }
}

// A static file, whatever the path.
export const withStaticNginx = (body, use) =>
  withNginx('static.conf', (port, child) => use(port, child.pid),
    { prepare: (at) => writeFile(join(at, 'answer'), body) });
