// SPDX-License-Identifier: Apache-2.0
//
// Steps with a name, waiting with a deadline, options from the command line, and random numbers that can be had again.
import { parseArgs } from 'node:util';

// Runs one named step; the first that fails ends the program with status 1.
export async function step(name, run) {
  const begun = performance.now();
  try {
    await run();
    console.log(`ok    ${name} (${Math.round(performance.now() - begun)} ms)`);
  } catch (e) {
    console.log(`FAILED ${name}`);
    throw e;
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks until `ask` gives something other than undefined, null or false, and gives that; throws after `deadline` ms. Errors count as "not yet".
export async function eventually(what, ask, deadline = 30_000) {
  const end = performance.now() + deadline;
  let last;
  for (;;) {
    try {
      const found = await ask();
      if (found !== undefined && found !== null && found !== false) return found;
    } catch (e) {
      last = e;
    }
    if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${what}`, { cause: last });
    await pause(20);
  }
}

// The options of a driver. `known`: { name: default }; a default of undefined makes it required, false makes it a flag.
export function options(known) {
  const types = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, { type: value === false ? 'boolean' : 'string' }]));
  const { values } = parseArgs({ options: types });
  const found = {};
  for (const [name, value] of Object.entries(known)) {
    found[name] = values[name] ?? value;
    if (found[name] === undefined) throw new Error(`--${name} is needed`);
    if (typeof value === 'number') found[name] = Number(found[name]);
  }
  return found;
}

// Numbers in [0, 1) that follow from a seed (mulberry32).
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Runs the driver; what it throws is printed, and the process ends with status 1 once `cleanup` is done.
export async function main(run, cleanup = async () => {}) {
  let status = 0;
  try {
    await run();
  } catch (e) {
    status = 1;
    console.error(e);
  }
  await cleanup(status);
  process.exit(status);
}
