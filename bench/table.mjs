// The figures as a table of text.
import { parts, referenceOf } from './parts.mjs';
import { judge } from './targets.mjs';

export function number(value) {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// { part: { figure: [a round's value, ...] } } to { part: { figure: median } }.
export const mediansOf = (figures) => Object.fromEntries(Object.entries(figures).map(([part, rows]) =>
  [part, Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, median(values)]))]));

const line = (label, value, unit, remark = '') =>
  `  ${label.padEnd(56)} ${value.padStart(11)} ${unit.padEnd(12)} ${remark}`.trimEnd();

function partLines(part, medians, figures) {
  const lines = ['', part.title];
  for (const [name, label, unit] of part.rows) {
    const reference = referenceOf(part, name);
    const spread = figures[name].length < 2 ? ''
      : `(${number(Math.min(...figures[name]))} to ${number(Math.max(...figures[name]))})`;
    const ratio = reference ? `${number(medians[reference] / medians[name])}x` : '';
    lines.push(line(label, number(medians[name]), unit, `${ratio.padStart(8)}  ${spread}`));
  }
  return lines;
}

export const bound = ({ least, most }) => (least ? `at least ${number(least)}` : `at most ${number(most)}`);

const verdict = (target) => `${bound(target).padEnd(20)} ${target.met ? 'met' : 'MISSED'}`;

export function table({ figures, machine, settings }) {
  const medians = mediansOf(figures);
  const lines = [
    `${machine.cores} cores (${machine.model}), Linux ${machine.kernel}, `
      + `a synced page in ${number(machine.fdatasyncMs)} ms`,
    `${settings.connections} connections, ${counted(settings.rounds, 'round')} of ${settings.seconds} s: `
      + 'medians (lowest to highest); "2.00x": usher does twice that'];
  for (const part of parts.filter(({ name }) => figures[name]))
    lines.push(...partLines(part, medians[part.name], figures[part.name]));
  lines.push('', 'Targets');
  for (const target of judge(medians))
    lines.push(line(target.text, number(target.value), '', verdict(target)));
  if (settings.scale !== 1) lines.push('', `With ${settings.scale} of the people and seats: no result.`);
  return lines.join('\n');
}
