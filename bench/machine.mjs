// The machine that a bench ran on, as far as it explains the figures.
import { open, readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { directory } from './children.mjs';
import { median } from './numbers.mjs';

// The median of a page written and synced, in the directory where the servers write.
async function fdatasyncMs() {
  const times = [];
  const file = await open(join(directory, 'fdatasync'), 'w');
  for (let i = 0; i < 200; i++) {
    const began = process.hrtime.bigint();
    await file.write(Buffer.alloc(4096, i), 0, 4096, i * 4096);
    await file.datasync();
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  await file.close();
  return median(times);
}

export async function describeMachine() {
  const model = (await readFile('/proc/cpuinfo', 'utf8')).match(/^model name\s*:\s*(.*)$/m)?.[1];
  return {
    cores: cpus().length, model: model ?? 'unknown', kernel: release(), memoryBytes: totalmem(),
    fdatasyncMs: await fdatasyncMs(),
  };
}
