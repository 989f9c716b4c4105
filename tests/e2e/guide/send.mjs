// SPDX-License-Identifier: Apache-2.0
import { JsonRpcProvider, Wallet, formatEther, parseEther } from 'ethers';

const provider = new JsonRpcProvider(process.argv[2] ?? 'http://127.0.0.1:3000');
const rich = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80', provider); // the banner's
const friend = Wallet.createRandom().address;

const sent = await rich.sendTransaction({ to: friend, value: parseEther('1.5') });
console.log('sent', sent.hash);
const receipt = await sent.wait();
console.log('in block', receipt.blockNumber, 'for a fee of', formatEther(receipt.fee));
console.log(friend, 'has', formatEther(await provider.getBalance(friend)));
provider.destroy();
