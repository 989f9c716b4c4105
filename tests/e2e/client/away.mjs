// SPDX-License-Identifier: Apache-2.0
//
// A client that hangs: it has its process and its port, and answers nothing. The node leaves it alone, says so, serves what it has, and goes on
// when the client does.
//
//   node away.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Wallet } from 'ethers';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, pause, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';
import { clientOf, freePort } from './process.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });
const file = join(given.data, 'node.toml');
await writeFile(file, `data_folder = "${join(given.data, 'node')}"\nhealth_period = "200ms"
[chain]\nslot_duration = "1s"
[engine]\nkind = "${given.engine}"\nprogram = "${given.client}"\nengine_port = ${await freePort()}\nrpc_port = ${await freePort()}
block_timeout = "400ms"\npayload_timeout = "400ms"\nread_timeout = "400ms"
[api]\nport = 0\n`);
const node = new (class extends Alysd {
  command() {
    return [this.binary, ['run', '--config', file]];
  }
})(given.alysd, given.data);

const height = async () => Number(await call(node.url, 'eth_blockNumber'));
const grows = async () => {
  const before = await height();
  await eventually('blocks go on', async () => (await height()) >= before + 2, 60_000);
};
const readiness = async () => {
  const answer = await fetch(`${node.url}/readyz`);
  return { status: answer.status, text: await answer.text() };
};
const transfer = (nonce) => new Wallet(node.key).signTransaction({ type: 2, chainId: 121212, nonce, to: `0x${'11'.repeat(20)}`, value: 5n, gasLimit: 21_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n });

let client;
let mined; // a receipt from before

async function starts() {
  await node.start();
  client = clientOf(node);
  const hash = await call(node.url, 'eth_sendRawTransaction', [await transfer(0)]);
  mined = await eventually('a transfer is mined', () => call(node.url, 'eth_getTransactionReceipt', [hash]));
  await grows();
  assert.deepEqual(await readiness(), { status: 200, text: 'ready\n' });
}

async function isLeftAlone() {
  process.kill(client, 'SIGSTOP');
  const said = await eventually('the node says that the client is away', async () => {
    const found = await readiness();
    return found.text.includes('the execution client is away') && found;
  });
  assert.equal(said.status, 200, 'a node that can be read is ready, with less than everything');
  assert.match(said.text, /^ready: chain: engine: the execution client is away: .*no answer in time\n$/);
  // The breaker is open: the node does not even try.
  await eventually('the client is left alone', async () => {
    const raw = await transfer(1);
    const refusal = await call(node.url, 'eth_sendRawTransaction', [raw]).catch((e) => e);
    return refusal.code === -32002 && /the execution client is left alone for a moment/.test(refusal.said);
  });
}

async function servesWhatItHas() {
  const before = await height();
  assert.equal((await call(node.url, 'eth_getBlockByNumber', ['latest', false])).number, `0x${before.toString(16)}`);
  assert.deepEqual(await call(node.url, 'eth_getTransactionReceipt', [mined.transactionHash]), mined);
  assert.equal((await call(node.url, 'getheadblock')).height, before);
  await assert.rejects(call(node.url, 'eth_getBalance', [mined.from, 'latest']), { code: -32002 });
  await pause(3_000); // three slots
  assert.equal(await height(), before, 'no slot is used without the client');
}

async function heals() {
  process.kill(client, 'SIGCONT');
  await grows();
  await eventually('the node is well', async () => (await readiness()).text === 'ready\n');
  assert.equal(clientOf(node), client, 'the same process');
  const hash = await call(node.url, 'eth_sendRawTransaction', [await transfer(1)]);
  await eventually('a transfer is mined', () => call(node.url, 'eth_getTransactionReceipt', [hash]));
  const tree = await call(node.url, 'getactortree');
  for (const { path, restarts } of tree.children) assert.equal(restarts, 0, path);
}

await main(async () => {
  await step(`a node runs on ${given.engine}`, starts);
  await step('the client hangs and is left alone', isLeftAlone);
  await step('the node serves what it has meanwhile', servesWhatItHas);
  await step('the client goes on and so does the node', heals);
  await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (client !== undefined) {
    try {
      process.kill(client, 'SIGCONT');
    } catch {
      // it has ended with its node
    }
  }
  if (node.process && node.ended === undefined) await node.kill();
});
