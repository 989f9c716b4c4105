// SPDX-License-Identifier: Apache-2.0
//
// A contract on a node with a real execution client, as ethers sees it: deployed, called, its storage, its events and its errors read. Then it counts
// while the client and the node are killed in turn, and in the end it has counted every call once.
//
//   node contract.mjs --alysd PROGRAM --data FOLDER --engine ethereumjs|geth --client FILE
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { Contract, ContractFactory, JsonRpcProvider, NonceManager, Wallet, ZeroHash, getCreateAddress, isError, toBeHex } from 'ethers';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, pause, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';
import { counter, creationCode, runtimeCode } from './counter.mjs';
import { clientOf, freePort } from './process.mjs';
import { Sender } from './sender.mjs';

const given = options({ alysd: undefined, data: undefined, engine: undefined, client: undefined });
const node = new Alysd(given.alysd, join(given.data, 'node'), ['--slot-ms', '1000', '--engine', given.engine, '--client', given.client,
  '--engine-port', String(await freePort()), '--engine-rpc-port', String(await freePort())]);

let provider;
let bank;
let contract;
let sender;

const connected = () => new JsonRpcProvider(node.url, undefined, { pollingInterval: 100, cacheTimeout: -1, staticNetwork: true });

async function isDeployed() {
  await node.start();
  provider = connected();
  bank = new Wallet(node.key, provider);
  const deployed = await new ContractFactory(counter, creationCode, bank).deploy();
  const receipt = await deployed.deploymentTransaction().wait();
  const at = getCreateAddress({ from: bank.address, nonce: 0 });
  assert.equal(receipt.contractAddress, at);
  assert.equal(receipt.to, null);
  assert.equal(await provider.getCode(at), runtimeCode);
  contract = new Contract(at, counter, new NonceManager(bank));
  assert.equal(await contract.number(), 0n);
  assert.equal(await provider.getStorage(at, 0), ZeroHash);
}

async function isCalled() {
  const sent = await contract.count();
  const receipt = await sent.wait();
  assert.equal(receipt.status, 1);
  const [event] = receipt.logs.map((log) => counter.parseLog(log));
  assert.deepEqual([...event.args], [bank.address, 1n]);
  assert.equal(await contract.number(), 1n);
  assert.equal(await provider.getStorage(contract.target, 0), toBeHex(1, 32));
  assert((await contract.count.estimateGas()) > 21_000n);
}

async function eventsAreFound() {
  const head = await provider.getBlockNumber();
  const mine = contract.filters.Counted(bank.address);
  const [found] = await contract.queryFilter(mine, 0, head);
  assert.equal(found.args.number, 1n);
  const block = await provider.getBlock(found.blockNumber);
  assert.equal(found.blockHash, block.hash);
  const inBlock = await provider.getLogs({ address: contract.target, topics: await mine.getTopicFilter(), blockHash: block.hash });
  assert.deepEqual(inBlock.map(({ transactionHash, index }) => [transactionHash, index]), [[found.transactionHash, found.index]]);
  assert.deepEqual(await contract.queryFilter(contract.filters.Counted(contract.target), 0, head), [], 'nobody else counted');
  assert.deepEqual(await contract.queryFilter(mine, 0, found.blockNumber - 1), []);
}

async function errorsAreRead() {
  await assert.rejects(provider.call({ to: contract.target, data: '0x12345678' }), (e) => isError(e, 'CALL_EXCEPTION'));
  const failing = await bank.sendTransaction({ to: contract.target, data: '0x12345678', gasLimit: 50_000n, nonce: 2 });
  await assert.rejects(failing.wait(), (e) => isError(e, 'CALL_EXCEPTION') && e.receipt.status === 0 && e.receipt.logs.length === 0);
  assert.equal(await contract.number(), 1n);
}

const counted = () => sender.accepted.length;
const goesOn = async () => {
  const before = counted();
  await eventually('calls are taken', () => counted() >= before + 3, 60_000);
};

async function bothAreKilledWhileItCounts() {
  const data = counter.encodeFunctionData('count');
  sender = new Sender(() => node.url, bank, () => ({ to: contract.target, data, gasLimit: 60_000n }), 3);
  sender.start();
  for (let round = 0; round < 3; ++round) {
    await goesOn();
    await pause(Math.random() * 1_000); // anywhere in a slot
    process.kill(clientOf(node), 'SIGKILL');
    await goesOn();
    await pause(Math.random() * 1_000);
    await node.kill();
    await node.start();
  }
  await goesOn();
  await sender.stop();
}

async function everyCallCountedOnce() {
  await sender.nothingIsLost();
  const again = contract.connect(new Wallet(node.key, connected()));
  const expected = 1 + counted();
  assert.equal(await again.number(), BigInt(expected));
  const events = await again.queryFilter(again.filters.Counted(), 0, 'latest');
  assert.deepEqual(events.map(({ args }) => Number(args.number)), Array.from({ length: expected }, (_, i) => i + 1));
  assert.deepEqual(events.slice(1).map(({ transactionHash }) => transactionHash), sender.accepted.map(({ hash }) => hash));
  for (const { hash } of sender.accepted) assert.equal((await call(node.url, 'eth_getTransactionReceipt', [hash])).status, '0x1');
}

await main(async () => {
  await step(`a contract is deployed on ${given.engine}`, isDeployed);
  await step('it is called and its storage read', isCalled);
  await step('its events are found', eventsAreFound);
  await step('its errors are read', errorsAreRead);
  await step('the client and the node are killed in turn while it counts', bothAreKilledWhileItCounts);
  await step('every call counted once', everyCallCountedOnce);
  await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (sender) sender.stopped = true;
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
