// The figures as a table of text.
import { counted, mediansOf, number } from './numbers.mjs';
import { parts, referenceOf } from './parts.mjs';
import { judge } from './targets.mjs';

const line = (label, value, unit, remark = '') =>
  `  ${label.padEnd(60)} ${value.padStart(9)} ${unit.padEnd(12)} ${remark}`.trimEnd();

// The rows of a part as they are shown: what was measured, with what one took of the processor, and what
// usher does for one of the row's.
export function shownRows(part, medians, figures) {
  return part.rows.filter(([name]) => figures[name]).map(([name, label, unit]) => {
    const reference = referenceOf(part, name);
    return {
      name, label, unit, value: medians[name], cpu: medians[`${name}Cpu`],
      ratio: reference && medians[reference] / medians[name],
      least: Math.min(...figures[name]), most: Math.max(...figures[name]), rounds: figures[name].length,
    };
  });
}

function rowLine({ label, unit, value, cpu, ratio, least, most, rounds }) {
  const spread = rounds < 2 ? '' : `(${number(least)} to ${number(most)})`;
  const took = cpu === undefined ? '' : `${number(cpu)} µs`;
  return line(label, number(value), unit,
    `${took.padStart(9)} ${(ratio ? `${number(ratio)}x` : '').padStart(7)}  ${spread}`);
}

const partLines = (part, medians, figures) =>
  ['', part.title, ...shownRows(part, medians, figures).map(rowLine)];

export const bound = ({ least, most }) => (least ? `at least ${number(least)}` : `at most ${number(most)}`);

// The same in signs.
export const boundSign = ({ least, most }) => (least ? `≥ ${number(least)}` : `≤ ${number(most)}`);

const verdict = (target) => `${bound(target).padEnd(20)} ${target.met ? 'met' : 'MISSED'}`;

export function table({ figures, machine, settings }) {
  const medians = mediansOf(figures);
  const lines = [
    `${machine.cores} cores (${machine.model}), Linux ${machine.kernel}, `
      + `a synced page in ${number(machine.fdatasyncMs)} ms`,
    `${counted(settings.rounds, 'round')} of ${settings.seconds} s, `
      + `${settings.connections} connections where none are named: medians, µs of the server’s processor `
      + 'for one, "2.00x": usher does twice that, (lowest to highest)'];
  for (const part of parts.filter(({ name }) => figures[name]))
    lines.push(...partLines(part, medians[part.name], figures[part.name]));
  lines.push('', 'Targets');
  for (const target of judge(medians))
    lines.push(line(target.text, number(target.value), '', verdict(target)));
  if (settings.scale !== 1) lines.push('', `With ${settings.scale} of the people and seats: no result.`);
  return lines.join('\n');
}
