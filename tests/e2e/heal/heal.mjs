// SPDX-License-Identifier: Apache-2.0
//
// Every actor of the node is made to fail, by an exception and by a failure that it returns, while transfers run. Each time: the tree shows a
// new incarnation, the same process goes on, blocks follow. Afterwards no transfer is lost or applied twice.
//
//   node heal.mjs --alysd PROGRAM --data FOLDER [--slot-ms 100] [--seed N]
import assert from 'node:assert/strict';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, random, step } from '../lib/check.mjs';
import { Load, wholeChain } from '../lib/load.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined, 'slot-ms': 100, seed: Date.now() % 2 ** 32 });
const node = new Alysd(given.alysd, given.data, ['--slot-ms', String(given['slot-ms']), '--dev-faults']);
const load = new Load(() => node.url, `heal ${given.seed}`, random(given.seed), 4);

// The actors of the tree, without the supervisors: path -> slot.
async function actors() {
  const found = new Map();
  const walk = (slot) => {
    if (!slot.supervisor) found.set(slot.path, slot);
    for (const child of slot.children ?? []) walk(child);
  };
  walk(await call(node.url, 'getactortree'));
  return found;
}

const height = async () => Number(await call(node.url, 'eth_blockNumber'));

async function fail(path, how) {
  const before = await eventually(`${path} is shown`, async () => (await actors()).get(path));
  const taken = load.reported;
  // The actor that is made to fail may be the one that would answer.
  await call(node.url, 'injectfault', [path, how]).catch((e) => {
    if (e.code !== undefined) throw e;
  });
  const after = await eventually(`a new incarnation of ${path}`, async () => {
    const slot = (await actors()).get(path);
    return slot.incarnation > before.incarnation && slot.state === 'running' ? slot : undefined;
  });
  assert(after.restarts > before.restarts, 'the restart is counted');
  const head = await eventually('the node answers', height);
  await eventually('blocks go on', async () => (await height()) >= head + 2);
  await eventually('transfers go on', () => load.reported > taken);
  await eventually('the node is ready', async () => (await fetch(`${node.url}/readyz`)).ok);
  assert.equal(node.ended, undefined, 'the process lives');
}

await main(async () => {
  console.log(`seed ${given.seed}`);
  await step('the node starts and the wallets are funded', async () => {
    await node.start();
    await load.fund(node.key);
  });
  load.start();
  const paths = [...(await actors()).keys()];
  assert(paths.length >= 7, `only these actors: ${paths}`);
  for (const path of paths) {
    for (const how of ['throw', 'fail']) await step(`${path} heals from a ${how === 'throw' ? 'thrown exception' : 'returned failure'}`, () => fail(path, how));
  }
  await step('a path that nobody has is refused', () => assert.rejects(call(node.url, 'injectfault', ['/root/nobody', 'throw']), { code: -32602 }));
  await step('all transfers are in blocks', async () => {
    await load.stop();
    await load.settle();
  });
  const blocks = await wholeChain(node.url);
  await step(`none of ${load.transfers.length} transfers is lost or applied twice in ${blocks.length} blocks`, () => load.check(blocks));
  await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (status !== 0) console.error(`seed ${given.seed}; the last words of the node:\n${node.output.slice(-30).join('\n')}`);
  if (node.ended === undefined) await node.kill();
});
