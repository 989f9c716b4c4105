// SPDX-License-Identifier: Apache-2.0
//
// A chain of its own that goes over to later forks of Ethereum while it runs: before its time an instruction of Cancun is none, from then on contracts
// use it, and every block has what its fork asks for. The node is killed on each side.
//
//   node forks.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { RpcError, call } from '../lib/rpc.mjs';
import { freePort } from './process.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });
const folder = join(given.data, 'chain');
const config = join(folder, 'alysd.toml');

class Configured extends Alysd {
  command() {
    return [this.binary, ['run', '--config', config]];
  }
}
const node = new Configured(given.alysd, folder);

// What came before each time has blocks of its own: the client takes its while to start.
const now = Math.floor(Date.now() / 1_000);
const [cancun, prague] = [now + 14, now + 20];

// Keeps 42 in transient storage (EIP-1153) and returns it.
const keeps42 = '0x602a5f5d5f5c5f5260205ff3';
const fortyTwo = `0x${'2a'.padStart(64, '0')}`;
const transient = () => call(node.url, 'eth_call', [{ data: keeps42 }, 'latest']);
// A client that was killed may lack blocks, and tells of none before it has been given them.
const keepsIt = () => eventually('the client keeps what is transient', async () => {
  assert.equal(await transient(), fortyTwo);
  return true;
});

const block = (number) => call(node.url, 'eth_getBlockByNumber', [number, false]);
const reaches = (time) => eventually(`a block of ${time}`, async () => Number((await block('latest')).timestamp) >= time, 60_000);

async function begins() {
  const made = await run(given.alysd, ['init', folder, '--chain-id', '4712', '--fee-recipient', `0x${'1'.repeat(40)}`]);
  assert.equal(made.code, 0, made.err);
  const spec = join(folder, 'spec.toml');
  const text = (await readFile(spec, 'utf8')).replace('slot_duration = "2s"', 'slot_duration = "1s"');
  await writeFile(spec, `${text}\n[execution]\ncancun_time = ${cancun}\nprague_time = ${prague}\n`);
  const ports = [await freePort(), await freePort()];
  const engine = `[engine]\nkind = "${given.engine}"\nprogram = "${given.client}"\nengine_port = ${ports[0]}\nrpc_port = ${ports[1]}\n`;
  await writeFile(config, `${await readFile(config, 'utf8')}[api]\nport = 0\n${engine}`);
  await node.start();
  await eventually('a block', () => node.blocks.size > 0);
  await assert.rejects(transient, (e) => e instanceof RpcError && /invalid opcode|reverted/i.test(e.said)); // each in its words
  assert.equal('parentBeaconBlockRoot' in (await block('latest')), false);
}

async function becomesCancun() {
  await reaches(cancun);
  await node.kill();
  await node.start();
  await keepsIt();
}

async function becomesPrague() {
  await reaches(prague + 2);
  await node.kill();
  await node.start();
  await keepsIt();
}

async function everyBlockIsOfItsFork() {
  const head = Number((await block('latest')).number);
  const seen = new Set();
  for (let height = 1; height <= head; ++height) {
    const one = await block(`0x${height.toString(16)}`);
    const own = await call(node.url, 'getblockbyheight', [height]);
    const time = Number(one.timestamp);
    const fork = time >= prague ? 'prague' : time >= cancun ? 'cancun' : 'shanghai';
    seen.add(fork);
    assert.equal(own.payload.fork, fork);
    assert.equal(one.parentBeaconBlockRoot, fork === 'shanghai' ? undefined : own.parent);
    assert.equal('requestsHash' in one, fork === 'prague');
  }
  assert.deepEqual([...seen], ['shanghai', 'cancun', 'prague']);
}

await main(async () => {
  await step(`a chain begins with Shanghai on ${given.engine}`, begins);
  await step('it goes over to Cancun', becomesCancun);
  await step('it goes over to Prague', becomesPrague);
  await step('every block is of the fork of its time', everyBlockIsOfItsFork);
  await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
