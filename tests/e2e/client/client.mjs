// SPDX-License-Identifier: Apache-2.0
//
// A node on a real execution client: the client is killed, the node is killed, the client loses what it had, and transfers go on all the time.
// Afterwards every block that was shown is there, and every transfer that was accepted is in exactly one block.
//
//   node client.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Wallet } from 'ethers';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';
import { alive, clientOf, freePort } from './process.mjs';
import { Sender } from './sender.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });

const data = join(given.data, 'node');
const older = join(given.data, 'older');
const enginePort = await freePort();
const node = new Alysd(given.alysd, data, ['--slot-ms', '1000', '--engine', given.engine, '--client', given.client,
  '--engine-port', String(enginePort), '--engine-rpc-port', String(await freePort()), '--log-level', 'info']);
const height = async () => Number(await call(node.url, 'eth_blockNumber'));
const grows = async (blocks = 2) => {
  const before = await height();
  await eventually('blocks go on', async () => (await height()) >= before + blocks, 60_000);
};
const states = async () => new Map((await call(node.url, 'getactortree')).children.map((each) => [each.path.split('/').pop(), each]));

// ---- transfers ----

const receiver = Wallet.createRandom().address;
let sender;

function startSending() {
  sender ??= new Sender(() => node.url, new Wallet(node.key), (nonce) => ({ to: receiver, value: BigInt(1 + nonce), gasLimit: 21_000n }));
  sender.start();
}

// Every transfer that was accepted is in one block and has arrived; the blocks are those that were shown.
async function nothingIsLost() {
  await sender.nothingIsLost();
  const sum = sender.accepted.reduce((all, { nonce }) => all + BigInt(1 + nonce), 0n);
  assert.equal(BigInt(await call(node.url, 'eth_getBalance', [receiver, 'latest'])), sum);
  for (const [at, id] of node.blocks) assert((await call(node.url, 'getblockbyheight', [at])).id.startsWith(`0x${id}`), `block ${at} is another one`);
}

// ---- steps ----

async function starts() {
  await node.start();
  assert.match(node.output.join('\n'), new RegExp(`engine +${given.engine} on ports ${enginePort} and \\d+, started by this node`));
  assert.equal((await call(node.url, 'getnodestatus')).engine, given.engine);
  assert.equal((await states()).get('client').state, 'running');
  await grows();
}

async function aTransferIsMined() {
  startSending();
  await eventually('a transfer is accepted', () => sender.accepted.length > 0);
  await sender.stop();
  await nothingIsLost();
  startSending();
  await grows();
}

async function theClientIsKilled() {
  const first = clientOf(node);
  process.kill(first, 'SIGKILL');
  await eventually('another client runs', async () => (await states()).get('client').restarts === 1 && clientOf(node) !== first, 60_000);
  assert(node.output.some((line) => line.includes('/root/client failed') && line.includes('was killed by signal 9')), 'its end is a failure as any other');
  await grows();
  assert.equal(node.ended, undefined);
  assert.equal((await states()).get('chain').restarts, 0, 'the chain went on with what it was');
}

async function theNodeIsKilled() {
  const client = clientOf(node);
  await node.kill();
  await eventually('the client ends with its node', () => !alive(client));
  await node.start();
  await grows();
}

// Of a node that stopped in order, as it is now.
async function theFolderIsCopied() {
  await sender.stop();
  await nothingIsLost();
  assert.equal(await node.stop(), 0);
  await cp(join(data, 'client'), older, { recursive: true });
  await node.start();
  startSending();
  await grows(4);
}

async function anOlderClientIsBroughtForward() {
  await sender.stop();
  assert.equal(await node.stop(), 0);
  await rm(join(data, 'client'), { recursive: true });
  await cp(older, join(data, 'client'), { recursive: true });
  await node.start();
  startSending();
  await grows();
}

async function aNewClientIsGivenTheWholeChain() {
  await eventually('more blocks than are given at once', async () => (await height()) > 20, 60_000);
  await sender.stop();
  await nothingIsLost();
  assert.equal(await node.stop(), 0);
  await rm(join(data, 'client'), { recursive: true });
  await node.start();
  startSending();
  await grows();
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  assert(Number(/^alys_client_given_blocks_total (\d+)/m.exec(metrics)[1]) > 20, 'what it was given is counted');
  assert.match(metrics, /^alys_client_behind_blocks 0/m);
  await sender.stop();
  await nothingIsLost();
}

async function theNodeStops() {
  const client = clientOf(node);
  assert.equal(await node.stop(), 0);
  assert(!alive(client));
  assert.match((await readFile(join(data, 'client', 'client.log'), 'utf8')), /\S/);
}

await main(async () => {
  await step(`a node starts ${given.engine} and makes blocks with it`, starts);
  await step('a transfer is accepted and mined', aTransferIsMined);
  await step('the client is killed and blocks go on', theClientIsKilled);
  await step('the node is killed and goes on where it was', theNodeIsKilled);
  await step('it stops in order and goes on', theFolderIsCopied);
  await step('a client with an older folder is brought forward', anOlderClientIsBroughtForward);
  await step('a client without a folder is given the whole chain', aNewClientIsGivenTheWholeChain);
  await step('the client stops with the node', theNodeStops);
}, async (status) => {
  if (sender) sender.stopped = true;
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
