// SPDX-License-Identifier: Apache-2.0
//
// A node as a wallet sees it: ethers reads balances, signs and sends transfers of both kinds, waits for receipts, and recognises what the node
// refuses.
//
//   node transfers.mjs --alysd PROGRAM --data FOLDER [--slot-ms 200]      against a node that it starts
//   node transfers.mjs --url URL --key KEY                                against one that runs, with the key of an account that has coins
import assert from 'node:assert/strict';

import { JsonRpcProvider, Transaction, Wallet, ZeroHash, formatEther, isError, parseEther, parseUnits } from 'ethers';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: '', data: '', 'slot-ms': 200, url: '', key: '' });
const node = given.alysd ? new Alysd(given.alysd, given.data, ['--slot-ms', String(given['slot-ms'])]) : undefined;
const gas = 21_000n;
const coin = parseEther('1');

let provider;
let bank; // has the coins
let alice; // gets some at first
let bob; // has none at first

// That the promise is rejected with this code of ethers. Gives the error.
async function refused(code, promise, words = /./) {
  try {
    await promise;
  } catch (e) {
    assert(isError(e, code), `expected ${code}, got ${e.code}: ${e.message}`);
    assert.match(e.message, words);
    return e;
  }
  assert.fail(`expected ${code}, but nothing was refused`);
}

const balance = (who) => provider.getBalance(who.address);

// Fees that a transfer can wait with, and still be taken when the base fee has risen.
async function fees() {
  const { maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  return { maxFeePerGas: maxFeePerGas + parseUnits('10', 'gwei'), maxPriorityFeePerGas };
}

async function connect() {
  if (node) await node.start();
  const url = node ? node.url : given.url;
  provider = new JsonRpcProvider(url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
  bank = new Wallet(node ? node.key : given.key, provider);
  alice = Wallet.createRandom(provider);
  bob = Wallet.createRandom(provider);
}

async function readsTheChain() {
  const network = await provider.getNetwork();
  assert.equal(network.chainId, BigInt(await provider.send('eth_chainId', [])));
  assert.equal(await provider.send('net_version', []), String(network.chainId));
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  assert(gasPrice > 0n && maxFeePerGas >= gasPrice && maxPriorityFeePerGas > 0n);
  const block = await provider.getBlock('latest');
  assert(block.baseFeePerGas > 0n && block.gasLimit >= gas && block.timestamp > 1_600_000_000);
  assert.deepEqual((await provider.getBlock(block.hash)).toJSON(), block.toJSON());
  assert.equal((await provider.getBlock(block.number + 1_000_000)) ?? null, null);
  assert.equal(await provider.getBlock(`0x${'ab'.repeat(32)}`), null);
  const history = await provider.send('eth_feeHistory', ['0x3', 'latest', [25, 75]]);
  assert(history.baseFeePerGas.length >= 2 && history.reward.every((row) => row.length === 2));
  assert((await balance(bank)) > 100n * coin, 'the funded account has coins');
  assert.equal(await balance(alice), 0n);
}

async function accountsHaveNoCode() {
  assert.equal(await provider.getCode(bank.address), '0x');
  assert.equal(await provider.getStorage(bank.address, 0), ZeroHash);
  assert.equal(await provider.call({ to: bank.address, data: '0x12345678' }), '0x');
  assert.deepEqual(await provider.getLogs({ address: bank.address }), []);
  assert.deepEqual(await provider.send('eth_accounts', []), []);
}

async function fundsAlice() {
  const sent = await bank.sendTransaction({ to: alice.address, value: 50n * coin, ...(await fees()) });
  const receipt = await sent.wait();
  assert.equal(receipt.status, 1);
  assert.equal(await balance(alice), 50n * coin, 'what was sent has arrived, to the wei');
}

// Sends, waits, and checks every wei on both sides. Gives the receipt.
async function transfer(request, from = alice, to = bob) {
  const before = [await balance(from), await balance(to)];
  const sent = await from.sendTransaction({ to: to.address, ...request });
  const receipt = await sent.wait();
  assert.equal(receipt.status, 1);
  assert.equal(receipt.gasUsed, gas);
  assert.equal(receipt.from, from.address);
  assert.equal(receipt.to, to.address);
  assert.equal(receipt.hash, sent.hash);
  assert.equal((await balance(from)) - before[0], -(request.value + receipt.gasUsed * receipt.gasPrice), 'the sender paid value and fee');
  assert.equal((await balance(to)) - before[1], request.value, 'the receiver got the value');
  return receipt;
}

async function legacyTransfer() {
  const gasPrice = (await provider.getFeeData()).gasPrice + parseUnits('5', 'gwei');
  const receipt = await transfer({ type: 0, value: 123_456_789n, gasPrice });
  assert.equal(receipt.type, 0);
  assert.equal(receipt.gasPrice, gasPrice, 'a legacy transfer pays its whole price');
}

async function feeMarketTransfer() {
  const offer = await fees();
  const receipt = await transfer({ type: 2, value: parseEther('1.5'), ...offer });
  assert.equal(receipt.type, 2);
  const { baseFeePerGas } = await provider.getBlock(receipt.blockHash);
  const cap = offer.maxFeePerGas - baseFeePerGas;
  const tip = cap < offer.maxPriorityFeePerGas ? cap : offer.maxPriorityFeePerGas;
  assert.equal(receipt.gasPrice, baseFeePerGas + tip, 'an EIP-1559 transfer pays base fee and tip');
}

async function defaultsOfEthers() {
  await transfer({ value: 1n });
  await transfer({ value: 0n });
}

async function dataAndAccessLists() {
  const extras = { data: '0x00ff00ff', accessList: [{ address: bob.address, storageKeys: [ZeroHash] }] };
  const expected = gas + 2n * 4n + 2n * 16n + 2_400n + 1_900n;
  const estimate = await alice.estimateGas({ to: bob.address, ...extras });
  assert(estimate >= expected && estimate * 50n <= expected * 51n, 'an estimate is enough and not much more'); // geth searches to 1.5 %
  const receipt = await (await alice.sendTransaction({ to: bob.address, value: 7n, ...extras, ...(await fees()) })).wait();
  assert.equal(receipt.gasUsed, expected);
}

async function showsTransactions() {
  const sent = await alice.sendTransaction({ to: bob.address, value: 5n, ...(await fees()) });
  const receipt = await sent.wait();
  const found = await provider.getTransaction(sent.hash);
  assert.equal(found.blockHash, receipt.blockHash);
  assert.equal(found.from, alice.address);
  assert.equal(found.value, 5n);
  assert.equal(Transaction.from(found).serialized, Transaction.from(sent).serialized, 'signature and fields come back as they were sent');
  const block = await provider.getBlock(receipt.blockNumber, true);
  assert(block.prefetchedTransactions.some((each) => each.hash === sent.hash));
  assert.equal((await block.getTransaction(receipt.index)).hash, sent.hash);
  const again = await provider.getTransactionReceipt(sent.hash);
  assert.deepEqual(again.toJSON(), receipt.toJSON());
  assert.equal(await provider.getTransaction(ZeroHash), null);
  assert.equal(await provider.getTransactionReceipt(ZeroHash), null);
}

async function manyAtOnce() {
  const offer = await fees();
  let nonce = await alice.getNonce('pending');
  const before = await balance(bob);
  const sent = [];
  for (let i = 1; i <= 20; ++i) sent.push(await alice.sendTransaction({ to: bob.address, value: BigInt(i), nonce: nonce++, gasLimit: gas, ...offer }));
  assert.equal(await alice.getNonce('pending'), nonce, 'the next nonce counts what waits');
  const receipts = await Promise.all(sent.map((each) => each.wait()));
  for (let i = 1; i < receipts.length; ++i) {
    const [a, b] = [receipts[i - 1], receipts[i]];
    assert(a.blockNumber < b.blockNumber || (a.blockNumber === b.blockNumber && a.index < b.index), 'transfers of one sender keep their order');
  }
  assert.equal((await balance(bob)) - before, 210n);
  assert.equal(await alice.getNonce('latest'), nonce);
}

async function confirmations() {
  const sent = await alice.sendTransaction({ to: bob.address, value: 1n, ...(await fees()) });
  const receipt = await sent.wait(3);
  assert((await receipt.confirmations()) >= 3);
}

async function newBlocksAreEvents() {
  const seen = [];
  await provider.on('block', (number) => seen.push(number));
  await eventually('three blocks as events', () => seen.length >= 3);
  await provider.off('block');
  assert.deepEqual(seen.slice(1, 3), [seen[0] + 1, seen[0] + 2]);
}

async function replacement() {
  const offer = await fees();
  const raised = (fee) => (fee * 13n) / 10n + 1n;
  const more = { maxFeePerGas: raised(offer.maxFeePerGas), maxPriorityFeePerGas: raised(offer.maxPriorityFeePerGas) };
  const nonce = await alice.getNonce();
  const request = { to: bob.address, gasLimit: gas };
  // It waits for the nonce before it, so that there is time to replace it.
  const first = await alice.sendTransaction({ ...request, nonce: nonce + 1, value: 1n, ...offer });
  await refused('REPLACEMENT_UNDERPRICED', alice.sendTransaction({ ...request, nonce: nonce + 1, value: 2n, ...offer }));
  const second = await alice.sendTransaction({ ...request, nonce: nonce + 1, value: 3n, ...more });
  assert.equal(await provider.getTransaction(first.hash), null, 'what was replaced is gone');
  const gap = await alice.sendTransaction({ ...request, nonce, value: 4n, ...offer });
  assert.equal((await gap.wait()).status, 1);
  assert.equal((await second.wait()).status, 1);
  const replaced = await refused('TRANSACTION_REPLACED', first.wait());
  assert.equal(replaced.replacement.hash, second.hash);
}

async function usedNonce() {
  const request = { to: bob.address, value: 1n, nonce: 0, ...(await fees()) };
  await refused('NONCE_EXPIRED', alice.sendTransaction({ ...request, gasLimit: gas }));
}

async function tooLittleMoney() {
  const request = { to: bob.address, value: 1_000_000n * coin };
  await refused('INSUFFICIENT_FUNDS', alice.sendTransaction(request)); // as the estimate says
  await refused('INSUFFICIENT_FUNDS', alice.sendTransaction({ ...request, gasLimit: gas })); // as the pool says
  await refused('INSUFFICIENT_FUNDS', Wallet.createRandom(provider).sendTransaction({ to: bob.address, value: 0n, gasLimit: gas }));
}

async function otherRefusals() {
  const offer = await fees();
  const nonce = await alice.getNonce();
  const { chainId } = await provider.getNetwork();
  const request = { to: bob.address, value: 1n, nonce, gasLimit: gas, type: 2, chainId, ...offer };
  const offline = new Wallet(alice.privateKey);
  const send = async (transaction) => provider.broadcastTransaction(await offline.signTransaction(transaction));
  await refused('UNKNOWN_ERROR', send({ ...request, gasLimit: gas - 1n }), /intrinsic gas too low/);
  await refused('UNKNOWN_ERROR', send({ ...request, gasLimit: 60_000_000n }), /exceeds block gas limit/);
  await refused('UNKNOWN_ERROR', send({ ...request, chainId: chainId + 1n }), /invalid sender/);
  const legacy = { to: bob.address, value: 1n, nonce, gasLimit: gas, type: 0, gasPrice: offer.maxFeePerGas };
  const url = provider._getConnection().url;
  await assert.rejects(call(url, 'eth_sendRawTransaction', [await offline.signTransaction(legacy)]), { code: -32000, message: /replay-protected/ });
  await assert.rejects(call(url, 'eth_sendRawTransaction', ['0x']), { code: -32000 });
  await assert.rejects(call(url, 'eth_sendRawTransaction', ['0x02c0']), { code: -32000 });
  await assert.rejects(call(url, 'eth_sendRawTransaction', ['1234']), { code: -32602 });
  await refused('UNSUPPORTED_OPERATION', provider.send('eth_noSuchMethod', []));
  assert.equal(await alice.getNonce('pending'), nonce, 'nothing of this was taken');
}

async function sentTwice() {
  const nonce = await alice.getNonce();
  const signed = await alice.signTransaction(
    await alice.populateTransaction({ to: bob.address, value: 1n, nonce: nonce + 1, gasLimit: gas, ...(await fees()) }));
  const sent = await provider.broadcastTransaction(signed);
  await refused('UNKNOWN_ERROR', provider.broadcastTransaction(signed), /already known/);
  const gap = await alice.sendTransaction({ to: bob.address, value: 1n, nonce, ...(await fees()) });
  await gap.wait();
  assert.equal((await sent.wait()).status, 1);
}

async function toTheLastWei() {
  const gasPrice = (await provider.getFeeData()).gasPrice + parseUnits('5', 'gwei');
  const value = (await balance(bob)) - gas * gasPrice;
  await transfer({ type: 0, value, gasPrice, gasLimit: gas }, bob, alice);
  assert.equal(await balance(bob), 0n);
}

await main(async () => {
  await step('ethers connects', connect);
  await step('it reads network, blocks and fees', readsTheChain);
  await step('accounts have no code and no storage', accountsHaveNoCode);
  await step('a funded account pays another', fundsAlice);
  await step('a legacy transfer, to the wei', legacyTransfer);
  await step('an EIP-1559 transfer, to the wei', feeMarketTransfer);
  await step('transfers with the fees that ethers chooses', defaultsOfEthers);
  await step('data and access lists cost what Ethereum says', dataAndAccessLists);
  await step('a transaction is shown as it was sent', showsTransactions);
  await step('twenty transfers at once keep their order', manyAtOnce);
  await step('confirmations are counted', confirmations);
  await step('new blocks arrive as events', newBlocksAreEvents);
  await step('a waiting transfer is replaced for a tenth more', replacement);
  await step('a nonce that was used is refused', usedNonce);
  await step('a transfer that nobody can pay is refused', tooLittleMoney);
  await step('other bad transactions are refused for what they are', otherRefusals);
  await step('a transaction that is known is not taken twice', sentTwice);
  await step('an account is emptied to the last wei', toTheLastWei);
  console.log(`alice has ${formatEther(await balance(alice))} coins left`);
  provider.destroy();
  if (node) await step('the node stops in order', async () => assert.equal(await node.stop(), 0));
}, async (status) => {
  if (!node) return;
  if (status !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
