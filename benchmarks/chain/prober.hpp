// SPDX-License-Identifier: Apache-2.0
//
// An actor that keeps a number of questions under way, and counts the answers. What it asks is what the node's own API asks for a wallet.
#pragma once

#include <alys/actors.hpp>
#include <alys/domain/chain/chain_actor.hpp>
#include <alys/domain/storage/chain_database_actor.hpp>

#include <atomic>

namespace bench {

// Ask from now on, `window` at a time.
struct begin_probe {
  bool storage = false; // the database, else the chain
  std::uint32_t window = 1;
};
struct end_probe {};
ALYS_MESSAGE(begin_probe, storage, window)
ALYS_MESSAGE(end_probe)

// What a prober asks about, and where it counts.
struct probe_subject {
  alys::domain::address who;                                          // the sender of `unsent`
  std::vector<alys::domain::bytes> unsent;                            // signed transfers, by nonce from 0
  std::shared_ptr<const std::vector<alys::domain::hash256>> included; // transfers on the chain
  std::atomic<std::uint64_t>* answers = nullptr;
  std::atomic<std::uint64_t>* refusals = nullptr;
};

class prober final : public alys::actor<prober> {
public:
  using messages = alys::accepts<begin_probe, end_probe>;
  using asks = alys::to<alys::domain::chain_actor, alys::domain::chain_database_actor>;

  prober(alys::ref<alys::domain::chain_actor> chain, alys::ref<alys::domain::chain_database_actor> database, probe_subject subject)
      : chain_(std::move(chain)), database_(std::move(database)), subject_(std::move(subject)) {}

  void handle(const begin_probe& m);
  void handle(const end_probe&) { asking_ = false; }

private:
  void ask_next();
  void ask_chain();
  void ask_storage();
  void submit();
  template <class Actor, class Question>
  void put(const alys::ref<Actor>& to, Question question);

  alys::ref<alys::domain::chain_actor> chain_;
  alys::ref<alys::domain::chain_database_actor> database_;
  probe_subject subject_;
  bool asking_ = false;
  bool storage_ = false;
  std::uint64_t turn_ = 0;
  std::size_t sent_ = 0;
};

} // namespace bench
