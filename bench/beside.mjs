// This build of usher beside another, BENCH_BASE, where there is one.
import { withHouse } from './house.mjs';
import { builds, suffixes } from './settings.mjs';

// The one first and in the next round the other, since what is measured first finds another machine.
const inTurn = (all, round) => (round % 2 === 0 ? all : [...all].reverse());

// Adds a build's figures to those of both; "Cpu" stays behind the build's name.
function note(figures, build, measured) {
  for (const [name, value] of Object.entries(measured))
    figures[name.replace(/(Cpu)?$/, `${build.suffix}$1`)] = value;
}

// Measures each build, and answers the figures of both.
export async function beside(round, measure) {
  const figures = {};
  for (const build of inTurn(builds, round)) note(figures, build, await measure(build));
  return figures;
}

// As `beside`, with a house of each at the same time, of which one works: every step is measured with
// one build right after the other, and what the machine does meanwhile meets both alike.
export async function stepsBeside(round, name, plan, steps) {
  const figures = {};
  const measure = async (houses) => {
    for (const [i, step] of steps.entries())
      for (const { build, house } of inTurn(houses, i)) note(figures, build, await step(house));
  };
  const open = ([build, ...others], houses) => (build
    ? withHouse(name, plan, (house) => open(others, [...houses, { build, house }]), build)
    : measure(houses));
  await open(inTurn(builds, round), []);
  return figures;
}

// The rows of both.
export const rowsBeside = (rows) => rows.flatMap(([name, label, unit]) =>
  suffixes.map((suffix) => [`${name}${suffix}`, suffix ? '— the base' : label, unit]));
