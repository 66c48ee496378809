// `node bench/document.mjs RESULTS.json`: brings the figures of a run into docs/performance.md, between
// its marks, and leaves the run's results.json and results.svg beside it. What stands around them is
// written by people, who read it again after this.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { counted, mediansOf, number } from './numbers.mjs';
import { parts } from './parts.mjs';
import { source } from './settings.mjs';
import { boundSign, shownRows } from './table.mjs';
import { judge } from './targets.mjs';

const docs = source('../docs');

const row = (...cells) => `| ${cells.join(' | ')} |`;

// Rates stand without a blank: "16,912/s".
const withUnit = (value, unit) => `${number(value)}${unit.startsWith('/') ? '' : ' '}${unit}`;

// The last two columns stand where a row has something for them.
function partTable(part, medians, figures) {
  const shown = shownRows(part, medians, figures);
  const wide = shown.some(({ cpu, ratio }) => cpu !== undefined || ratio);
  const cells = (...all) => row(...all.slice(0, wide ? 4 : 2));
  const lines = shown.map(({ label, unit, value, cpu, ratio, least, most, rounds }) => {
    const spread = rounds > 1 ? ` (${number(least)} to ${number(most)})` : '';
    return cells(label, withUnit(value, unit) + spread, cpu === undefined ? '' : `${number(cpu)} µs`,
      ratio ? `${number(ratio)} ×` : '');
  });
  const head = [cells(`**${part.title}**`, '', 'processor', 'usher to it'), cells(...Array(4).fill('---'))];
  return [...head, ...lines, ''];
}

function targetTable(medians) {
  const lines = judge(medians).map((target) =>
    row(target.text, boundSign(target), number(target.value), target.met ? 'met' : '**missed**'));
  return [row('target', 'asked', 'found', ''), row('---', '---', '---', '---'), ...lines];
}

function about({ date, machine, settings }) {
  return `${date.slice(0, 10)}, ${machine.cores} cores (${machine.model}), Linux ${machine.kernel}, `
    + `a synced page in ${number(machine.fdatasyncMs)} ms; ${counted(settings.rounds, 'round')} of ${settings.seconds} s a load`
    + `${settings.scale === 1 ? '' : ` (a try with ${settings.scale} of the people and seats, no result)`}: `
    + 'medians (lowest to highest).';
}

const [from] = process.argv.slice(2);
const result = JSON.parse(await readFile(from, 'utf8'));
const medians = mediansOf(result.figures);
const measured = parts.filter(({ name }) => result.figures[name]);
const texts = {
  figures: [about(result), '', ...measured.flatMap((part) =>
    partTable(part, medians[part.name], result.figures[part.name]))].join('\n').trimEnd(),
  targets: targetTable(medians).join('\n'),
};
const page = join(docs, 'performance.md');
const text = (await readFile(page, 'utf8')).replace(/(<!-- (\w+) -->\n)[^]*?(<!-- end of \2 -->)/g,
  (whole, begin, name, end) => (texts[name] ? `${begin}\n${texts[name]}\n\n${end}` : whole));
await writeFile(page, text);
await copyFile(from, join(docs, 'results.json'));
await copyFile(join(dirname(from), 'results.svg'), join(docs, 'results.svg'));
