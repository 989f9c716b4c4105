// SPDX-License-Identifier: Apache-2.0
//
// A chain that moves: from the embedded ledger to an execution client, and back to an older copy of the node's folder, while the client has
// what came after it.
//
//   node moves.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Wallet } from 'ethers';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { wholeChain } from '../lib/load.mjs';
import { call } from '../lib/rpc.mjs';
import { freePort } from './process.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });
const data = join(given.data, 'node');
const older = join(given.data, 'older');
const file = join(given.data, 'node.toml');
const ledger = 'kind = "ledger"';
const client = `kind = "${given.engine}"\nprogram = "${given.client}"\nengine_port = ${await freePort()}\nrpc_port = ${await freePort()}`;
const setEngine = (engine) =>
  writeFile(file, `data_folder = "${data}"\nhealth_period = "200ms"\n[chain]\nslot_duration = "1s"\n[api]\nport = 0\n[engine]\n${engine}\n`);
const node = new (class extends Alysd {
  command() {
    return [this.binary, ['run', '--config', file]];
  }
})(given.alysd, data);

const height = async () => Number(await call(node.url, 'eth_blockNumber'));
const grows = async (blocks = 2) => {
  const before = await height();
  await eventually('blocks go on', async () => (await height()) >= before + blocks, 60_000);
};
let nonce = 0;
const receiver = Wallet.createRandom().address;
const sender = () => new Wallet(node.key).address;

async function transfers() {
  const raw = await new Wallet(node.key).signTransaction({ type: 2, chainId: 121212, nonce, to: receiver, value: 5n, gasLimit: 21_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n });
  const hash = await call(node.url, 'eth_sendRawTransaction', [raw]);
  await eventually('a transfer is mined', () => call(node.url, 'eth_getTransactionReceipt', [hash]));
  ++nonce;
  assert.equal(BigInt(await call(node.url, 'eth_getBalance', [receiver, 'latest'])), 5n * BigInt(nonce));
}

async function beginsOnTheLedger() {
  await setEngine(ledger);
  await node.start();
  await transfers();
  await grows();
  assert.equal(await node.stop(), 0);
}

async function goesOnOnTheClient() {
  const before = node.blocks.size;
  await setEngine(client);
  await node.start();
  await transfers();
  await grows();
  assert((await wholeChain(node.url)).length > before);
  for (const [at, id] of node.blocks) assert((await call(node.url, 'getblockbyheight', [at])).id.startsWith(`0x${id}`), `block ${at} is another one`);
}

// A client may hold what came after the copy for final, and then does not go back, as geth once it has put such blocks away. The node says so.
async function goesOnOrBeginsTheClientAnew() {
  const before = await height();
  const says = async () => (await (await fetch(`${node.url}/readyz`)).text()).includes('the execution client does not go back to the head');
  await eventually('blocks go on, or the node says why not', async () => (await height()) >= before + 2 || (await says()), 60_000);
  if ((await height()) >= before + 2) return;
  assert.equal(await node.stop(), 0);
  await rm(join(data, 'client'), { recursive: true });
  await node.start();
  await grows();
}

// The client keeps what the older copy does not have: it is ahead, and the node makes other blocks of those heights.
async function goesBack() {
  assert.equal(await node.stop(), 0);
  await cp(data, older, { recursive: true, filter: (name) => !name.startsWith(join(data, 'client')) });
  await node.start();
  const copied = await height();
  await transfers();
  await grows(3);
  assert.equal(await node.stop(), 0);
  for (const part of ['chain', 'commits']) {
    await rm(join(data, part), { recursive: true });
    await cp(join(older, part), join(data, part), { recursive: true });
  }
  node.blocks.clear();
  await node.start();
  assert((await height()) <= copied + 2, 'the node has forgotten what came after the copy');
  await goesOnOrBeginsTheClientAnew();
  await eventually('what the blocks held that the copy lacks is in others', async () => Number(await call(node.url, 'eth_getTransactionCount', [sender(), 'latest'])) === nonce, 60_000);
  await transfers();
  await wholeChain(node.url);
}

async function doesNotGoBackToTheLedger() {
  assert.equal(await node.stop(), 0);
  await setEngine(ledger);
  await assert.rejects(node.start());
  assert.equal(node.ended.code, 78);
  assert.match(node.complaint, /was executed by an execution client/);
}

await main(async () => {
  await step('a chain begins on the embedded ledger', beginsOnTheLedger);
  await step(`it goes on on ${given.engine}`, goesOnOnTheClient);
  await step('a client that is ahead and on another branch is brought back', goesBack);
  await step('the ledger does not take what it has no state of', doesNotGoBackToTheLedger);
}, async (status) => {
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
