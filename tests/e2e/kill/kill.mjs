// SPDX-License-Identifier: Apache-2.0
//
// kill -9 at random moments, again and again on one data folder, while transfers run. Afterwards: the chain goes on, every block that was ever
// reported is there, no transfer is lost or applied twice; and at least one kill hit an import between its start and its end, as the node
// itself found when it started again.
//
//   node kill.mjs --alysd PROGRAM --data FOLDER [--rounds 20] [--slot-ms 100] [--seed N]
//
// An import takes a small part of a slot. So every second kill is aimed: the node marks its folder while it writes an import, and the kill goes
// out as soon as the mark is seen. Whether it arrived in time is for the next start to say: it finds the mark, or the import is complete. The other
// kills come at any moment. Should no kill of the rounds have hit an import, more follow, up to five times as many.
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, pause, random, step } from '../lib/check.mjs';
import { Load, wholeChain } from '../lib/load.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined, rounds: 20, 'slot-ms': 100, seed: Date.now() % 2 ** 32 });
const slot = given['slot-ms'];
const next = random(given.seed);
const node = new Alysd(given.alysd, given.data, ['--slot-ms', String(slot)]);
const load = new Load(() => node.url, `kill ${given.seed}`, next);
const reported = new Map(); // height -> id, of heads that the node has reported over JSON-RPC

// Asks for the head all the time, until the node is gone.
async function watchHead(process) {
  while (node.process === process && node.ended === undefined) {
    try {
      const head = await call(node.url, 'getheadblock');
      reported.set(head.height, head.id);
      await pause(5);
    } catch {
      await pause(5);
    }
  }
}

const importing = Buffer.from('1');

// Until an import is being written, or a second has passed. Nothing else runs here meanwhile: an import is over sooner than a timer fires.
function watchForImport() {
  const file = openSync(join(given.data, 'lock'));
  const byte = Buffer.alloc(1);
  const end = performance.now() + 1_000;
  while (performance.now() < end && !(readSync(file, byte, 0, 1, 0) === 1 && byte.equals(importing)));
  closeSync(file);
}

async function waitForMoment(aimed) {
  await pause(300 + 700 * next());
  if (!aimed) return;
  const shown = node.imports[Math.floor(next() * node.imports.length)] % slot; // where in a slot a block was shown
  await pause((shown - 10 - (Date.now() % slot) + 2 * slot) % slot); // the transfers go on until shortly before
  watchForImport();
}

// Everything that was reported in earlier runs is still what it was.
async function checkReported() {
  for (const [height, id] of reported) {
    const block = await call(node.url, 'getblockbyheight', height);
    assert.equal(block?.id, id, `block ${height}, reported as head`);
  }
  for (const [height, digits] of node.blocks) {
    const block = await call(node.url, 'getblockbyheight', [height]);
    assert(block?.id.startsWith(`0x${digits}`), `block ${height}, printed as 0x${digits}`);
  }
}

let interrupted = 0;

async function round(number) {
  const before = Number(await call(node.url, 'eth_blockNumber'));
  const watching = watchHead(node.process);
  await waitForMoment(number % 2 === 1);
  await node.kill();
  await watching;
  await node.start();
  const status = await call(node.url, 'getnodestatus');
  interrupted += status.interrupted_imports;
  const kept = Math.max(before, ...reported.keys());
  assert(status.head.height >= kept, `the head is ${status.head.height} after a kill, and was reported as ${kept}`);
  console.log(`round ${number}: head ${status.head.height}, ${load.reported} transfers taken, ${interrupted} imports cut off so far`);
}

await main(async () => {
  console.log(`seed ${given.seed}`);
  await step('the node starts and the wallets are funded', async () => {
    await node.start();
    await load.fund(node.key);
  });
  load.start();
  await step(`${given.rounds} rounds of kill -9 under load`, async () => {
    for (let i = 1; i <= given.rounds; ++i) await round(i);
  });
  await step('at least one kill hit an import', async () => {
    for (let i = given.rounds + 1; interrupted === 0 && i <= 6 * given.rounds; ++i) await round(i);
    assert(interrupted > 0, 'no kill hit an import');
  });
  await step('all transfers are in blocks', async () => {
    await load.stop();
    assert(load.reported === load.transfers.length && load.reported > 0);
    await load.settle();
  });
  await step('every block that was reported is there', checkReported);
  const blocks = await wholeChain(node.url);
  await step(`none of ${load.transfers.length} transfers is lost or applied twice in ${blocks.length} blocks`, () => load.check(blocks));
  await step('the chain goes on', () => eventually('a new block', async () => Number(await call(node.url, 'eth_blockNumber')) > blocks.length + 1));
  await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (status !== 0) console.error(`seed ${given.seed}; the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.ended === undefined) await node.kill();
});
