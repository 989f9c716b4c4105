// SPDX-License-Identifier: Apache-2.0
//
// Programs that run to their end, and what they said.
import { spawn } from 'node:child_process';

// Runs a program and gives { code, signal, out, err, took }: its end, both outputs as text, and the time in ms. `stdio` as in spawn(). It is
// killed if it runs longer than `deadline` ms, which shows as the signal.
export function run(program, args, { cwd, stdio = ['ignore', 'pipe', 'pipe'], deadline = 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(program, args, { cwd, stdio, timeout: deadline, killSignal: 'SIGKILL' });
    const said = { out: '', err: '' };
    child.stdout?.on('data', (text) => (said.out += text));
    child.stderr?.on('data', (text) => (said.err += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...said, took: performance.now() - begun }));
  });
}
