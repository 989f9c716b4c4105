// SPDX-License-Identifier: Apache-2.0
//
// Does what docs/guide/running-a-node.md tells a newcomer to do, and holds what happens against what the page says.
//
//   node follow.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const node = new Alysd(given.alysd, given.data, ['--slot-ms', '200', '--dev-faults']);
const tree = async () => (await run(given.alysd, ['tree', '--url', node.url])).out;

async function sendsCoins() {
  const program = fileURLToPath(new URL('send.mjs', import.meta.url));
  const { code, out, err } = await run(process.execPath, [program, node.url]);
  assert.equal(code, 0, err);
  assert.match(out, /^sent 0x[0-9a-f]{64}\nin block \d+ for a fee of 0\.0000\d+\n0x[0-9a-fA-F]{40} has 1\.5\n$/);
}

async function healsAnActor() {
  assert.equal(await call(node.url, 'injectfault', ['/root/chain/engine', 'throw']), true);
  await eventually('a second life', async () => /engine +running +incarnation 2 +restarts 1 .*last failure: a fault was injected: exception/.test(await tree()));
  // Those that were started after it, and may hold what it knew, are started anew with it.
  for (const with_it of ['aura', 'chain']) assert.match(await tree(), new RegExp(`^    ${with_it} +running +incarnation 2 `, 'm'));
  assert.match(await tree(), /^    writer +running +incarnation 1 /m);
  await sendsCoins();
}

await main(async () => {
  await step('the node starts', () => node.start());
  await step('the funded account has a million coins', async () => {
    assert.equal(await call(node.url, 'eth_getBalance', [node.account, 'latest']), '0xd3c21bcecceda1000000');
  });
  await step('coins are sent', sendsCoins);
  await step('an actor that fails is started anew, and coins are sent', healsAnActor);
  await step('the node stops', async () => assert.equal(await node.stop('SIGINT'), 0));
}, async (status) => {
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
