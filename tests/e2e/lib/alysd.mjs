// SPDX-License-Identifier: Apache-2.0
//
// A node under the test's control: started, killed, started again on the same folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { eventually } from './check.mjs';

export class Alysd {
  // `options`: further arguments of `alysd dev`.
  constructor(binary, data, options = []) {
    Object.assign(this, { binary, data, options });
    this.blocks = new Map(); // height -> first digits of the id, as the terminal showed them in all runs
    this.account = undefined; // the funded development account, from the banner
    this.key = undefined;
    this.imports = []; // when the last blocks were shown, in Unix ms
    this.output = []; // the last lines of all runs; those of standard output and standard error in any order
  }

  // The program and its arguments.
  command() {
    const port = this.url === undefined ? 0 : new URL(this.url).port;
    return [this.binary, ['dev', '--data', this.data, '--port', String(port), ...this.options]];
  }

  // Starts it and waits until it is ready. The port is any free one at first, and then always the same.
  async start() {
    this.process = spawn(...this.command(), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = once(this.process, 'close').then(([code, signal]) => (this.ended = { code, signal }));
    this.ended = undefined;
    for (const stream of [this.process.stdout, this.process.stderr]) createInterface({ input: stream }).on('line', (line) => this.#read(line));
    await eventually('the node is ready', async () => this.ended || (this.url !== undefined && (await fetch(`${this.url}/readyz`)).ok)).catch((e) => this.#complain(e));
    if (this.ended) this.#complain(JSON.stringify(this.ended));
  }

  #complain(cause) {
    throw new Error(`the node did not start; its last words:\n${this.output.slice(-20).join('\n')}`, { cause });
  }

  #read(line) {
    this.output.push(line);
    if (this.output.length > 400) this.output.splice(0, 200);
    const block = /^block\s+(\d+)\s+slot\s+\d+\s+0x([0-9a-f]+)/.exec(line);
    if (block) {
      this.blocks.set(Number(block[1]), block[2]);
      this.imports.push(Date.now());
      if (this.imports.length > 40) this.imports.shift();
    }
    const url = /JSON-RPC\s+(http:\/\/[0-9.:]+)/.exec(line);
    if (url) this.url = url[1];
    const account = /account\s+(0x[0-9a-f]{40})/i.exec(line);
    if (account) this.account = account[1];
    const key = /key\s+(0x[0-9a-f]{64})/i.exec(line);
    if (key) this.key = key[1];
  }

  // Why it ended, in its words; empty if it did not complain.
  get complaint() {
    return this.output.findLast((line) => line.startsWith('alysd: ')) ?? '';
  }

  // Ends it without a chance to do anything about it.
  async kill() {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  // Ends it as an operator does, and gives the exit code.
  async stop(signal = 'SIGTERM') {
    if (this.ended === undefined) this.process.kill(signal);
    await this.exited;
    return this.ended.code;
  }
}
