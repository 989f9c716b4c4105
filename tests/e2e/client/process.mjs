// SPDX-License-Identifier: Apache-2.0
//
// The process of a client that a node has started, and ports for it.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';

// A port that is free now, and that the system gives to nobody who asks for just any.
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await new Promise((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

// The only child of the node.
export const clientOf = (node) => Number(execFileSync('pgrep', ['-P', String(node.process.pid)], { encoding: 'utf8' }).trim());

export function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
