// SPDX-License-Identifier: Apache-2.0
//
// A node on a client that it did not start: the client comes after the node, is killed and started again by somebody else, has another secret, or
// begins with another block. Its command is the one by which a node starts it, so that both ways have the same client.
//
//   node external.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { call } from '../lib/rpc.mjs';
import { clientOf, freePort } from './process.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });
const [enginePort, rpcPort] = [await freePort(), await freePort()];
const data = join(given.data, 'node');
const secret = join(data, 'client', 'jwt.hex');

// A configuration file; `engine`: the lines of its section.
async function configured(name, folder, engine) {
  const file = join(given.data, `${name}.toml`);
  await writeFile(file, `data_folder = "${folder}"\nhealth_period = "200ms"\n[chain]\nslot_duration = "1s"\n[engine]\n${engine}\nengine_port = ${enginePort}\nrpc_port = ${rpcPort}\n[api]\nport = 0\n`);
  return file;
}
const external = (name, folder, secretFile) => configured(name, folder, `kind = "external"\nsecret = "${secretFile}"`);

class Node extends Alysd {
  constructor(file) {
    super(given.alysd, given.data);
    this.file = file;
  }
  command() {
    return [this.binary, ['run', '--config', this.file]];
  }
}

const readiness = async () => (await fetch(`${node.url}/readyz`)).text();
const says = (words) => eventually(`the node says ${words}`, async () => words.test(await readiness()));
const height = async () => Number(await call(node.url, 'eth_blockNumber'));
const grows = async () => {
  const before = await height();
  await eventually('blocks go on', async () => (await height()) >= before + 2, 60_000);
};

let node;
let client; // the process, of this test
let command; // of the client

async function goesOn() {
  await grows();
  await says(/^ready\n$/);
}

function startClient(words = command) {
  client = spawn(words[0], words.slice(1), { stdio: 'ignore' });
}

async function killClient() {
  const ended = once(client, 'exit');
  client.kill('SIGKILL');
  await ended;
}

// Why a node does not start, and with which code.
async function doesNotStart(file, code, words) {
  const ended = await run(given.alysd, ['run', '--config', file]);
  assert.match(ended.err, words);
  assert.equal(ended.code, code, ended.err);
}

async function beginsOnItsOwn() {
  node = new Node(await configured('own', data, `kind = "${given.engine}"\nprogram = "${given.client}"`));
  await node.start();
  await grows();
  command = (await readFile(`/proc/${clientOf(node)}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  assert.equal(await node.stop(), 0);
}

async function needsItForTheFirstBlock() {
  await doesNotStart(await external('first', join(given.data, 'first'), secret), 69, /^alysd: \/root\/chain\/chain: fault::connection_refused: engine_exchangeCapabilities: nobody listens there$/m);
}

async function waitsForIt() {
  node = new Node(await external('external', data, secret));
  await node.start();
  assert.match(node.output.join('\n'), /engine +execution client at 127\.0\.0\.1, ports \d+ and \d+$/m);
  await says(/^ready: chain: engine: the execution client is away: .*nobody listens there$/m);
  const before = await height();
  assert(before >= 2);
  startClient();
  await goesOn();
  assert.equal((await call(node.url, 'getnodestatus')).engine, 'external client');
}

async function outlivesIt() {
  await killClient();
  await says(/^ready: chain: engine: the execution client is away: /);
  startClient();
  await goesOn();
  const tree = await call(node.url, 'getactortree');
  assert.deepEqual(tree.children.map(({ path, restarts }) => [path, restarts]), ['storage', 'chain', 'api'].map((name) => [`/root/${name}`, 0]));
}

async function hasAnotherSecret() {
  assert.equal(await node.stop(), 0);
  const wrong = join(given.data, 'wrong.hex');
  await writeFile(wrong, randomBytes(32).toString('hex'), { mode: 0o600 });
  await doesNotStart(await external('wrong-first', join(given.data, 'wrong-first'), wrong), 69, /fault::authentication_failed: engine_exchangeCapabilities: HTTP 401/);
  node = new Node(await external('wrong', data, wrong));
  await node.start();
  await says(/^ready: chain: engine: the execution client is away: engine_exchangeCapabilities: HTTP 401: .*signature/i);
  assert.equal(await node.stop(), 0);
}

// Its first block is a second younger.
async function isOfAnotherChain() {
  await killClient();
  const other = join(given.data, 'other');
  await mkdir(other);
  const needed = ['genesis.json', 'jwt.hex', ...(given.engine === 'ethereumjs' ? ['limits.mjs'] : [])];
  for (const each of needed) await cp(join(data, 'client', each), join(other, each));
  const genesis = JSON.parse(await readFile(join(other, 'genesis.json'), 'utf8'));
  genesis.timestamp = `0x${(Number(genesis.timestamp) + 1).toString(16)}`;
  await writeFile(join(other, 'genesis.json'), JSON.stringify(genesis));
  const words = command.map((word) => word.replace(join(data, 'client'), other));
  if (given.engine === 'geth') assert.equal((await run(words[0], ['--datadir', join(other, 'data'), '--state.scheme', 'hash', 'init', join(other, 'genesis.json')])).code, 0);
  startClient(words);
  for (const port of [enginePort, rpcPort]) await eventually('the client listens', () => fetch(`http://127.0.0.1:${port}`));
  await doesNotStart(await external('other-first', join(given.data, 'other-first'), secret), 78, /^alysd: .*the execution client begins with block 0x[0-9a-f]{64}, this chain with 0x[0-9a-f]{64}$/m);
  node = new Node(await external('other', data, secret));
  await node.start();
  await says(/^ready: chain: engine: the execution client is away: .*begins with block 0x[0-9a-f]{64}, this chain with 0x[0-9a-f]{64}$/m);
  assert.equal(await node.stop(), 0);
  await killClient();
}

await main(async () => {
  await step(`a chain is begun on ${given.engine}`, beginsOnItsOwn);
  await step('without a chain a node needs the client at once', needsItForTheFirstBlock);
  await step('a client that comes after the node', waitsForIt);
  await step('the client is killed and started again by somebody else', outlivesIt);
  await step('another secret', hasAnotherSecret);
  await step('a client of another chain', isOfAnotherChain);
}, async (status) => {
  if (status !== 0 && node) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node?.process && node.ended === undefined) await node.kill();
  client?.kill('SIGKILL');
});
