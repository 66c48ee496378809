// What servers take of the processor: a process with all that it started, also those that have ended.
import { readFile, readdir } from 'node:fs/promises';

// A tick of /proc is a hundredth of a second (USER_HZ), whatever the kernel's own is.
const tickUs = 10_000;

async function childrenOf(pid) {
  const lists = (await readdir(`/proc/${pid}/task`)).map((task) =>
    readFile(`/proc/${pid}/task/${task}/children`, 'utf8'));
  return (await Promise.all(lists)).join(' ').split(' ').filter(Boolean);
}

// In microseconds, from the fields 14 to 17 of proc(5): its own time and that of its children that have
// ended. The name, field 2, may have blanks.
export async function processorUs(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  let us = (user + system + endedUser + endedSystem) * tickUs;
  for (const child of await childrenOf(pid)) us += await processorUs(child);
  return us;
}

export async function processorOfAllUs(pids) {
  let us = 0;
  for (const pid of pids) us += await processorUs(pid);
  return us;
}

// That of the process' threads of this name.
export async function threadUs(pid, name) {
  let us = 0;
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const at = `/proc/${pid}/task/${task}`;
    if ((await readFile(`${at}/comm`, 'utf8')).trim() === name)
      us += Number((await readFile(`${at}/schedstat`, 'utf8')).split(' ', 1)[0]) / 1000;
  }
  return us;
}
