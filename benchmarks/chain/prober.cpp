// SPDX-License-Identifier: Apache-2.0
#include "prober.hpp"

#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/primitives/digest.hpp>

namespace bench {

using namespace alys::domain;

void prober::handle(const begin_probe& m) {
  asking_ = true;
  storage_ = m.storage;
  for (std::uint32_t i = 0; i < m.window; ++i) ask_next();
}

void prober::ask_next() {
  if (storage_) ask_storage();
  else ask_chain();
}

template <class Actor, class Question>
void prober::put(const alys::ref<Actor>& to, Question question) {
  auto asked = ask(to, std::move(question), std::chrono::seconds{10});
  asked.then([this](const alys::result<alys::reply_t<Question>>& answer) {
    (answer ? subject_.answers : subject_.refusals)->fetch_add(1, std::memory_order_relaxed);
    if (asking_) ask_next();
  });
}

// What one transfer of a wallet costs the chain actor, in a wallet's order.
void prober::ask_chain() {
  switch (turn_++ % 7) {
    case 0: return put(chain_, find_head{});
    case 1: return put(chain_, find_account{subject_.who, block_tag::pending});
    case 2: return put(chain_, find_fees{});
    case 3: return put(chain_, find_gas{{.from = subject_.who, .to = dev_account, .value = 1, .data = {}, .access_list = {}}});
    case 4: return submit();
    case 5: return put(chain_, find_pending_transaction{keccak256(subject_.unsent[sent_ - 1])});
    default: return put(chain_, find_head{});
  }
}

void prober::submit() {
  if (sent_ == subject_.unsent.size()) return void(subject_.refusals->fetch_add(1)); // one that asks on would ask for less than a wallet
  put(chain_, submit_raw_transaction{subject_.unsent[sent_++]});
}

// Three transfers on the chain, of which a receipt is made, and the block of the genesis.
void prober::ask_storage() {
  constexpr std::uint64_t stride = 7'919; // a prime: neighbours lie in different blocks
  const std::uint64_t turn = turn_++;
  if (turn % 4 == 3) return put(database_, find_block{block_height{0}});
  put(database_, find_transaction{(*subject_.included)[turn * stride % subject_.included->size()]});
}

} // namespace bench
