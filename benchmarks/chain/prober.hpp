// SPDX-License-Identifier: Apache-2.0
//
// An actor that keeps a number of questions under way, and counts the answers.
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

class prober final : public alys::actor<prober> {
public:
  using messages = alys::accepts<begin_probe, end_probe>;
  using asks = alys::to<alys::domain::chain_actor, alys::domain::chain_database_actor>;

  prober(alys::ref<alys::domain::chain_actor> chain, alys::ref<alys::domain::chain_database_actor> database,
         std::atomic<std::uint64_t>* chain_answers, std::atomic<std::uint64_t>* storage_answers)
      : chain_(std::move(chain)), database_(std::move(database)), chain_answers_(chain_answers), storage_answers_(storage_answers) {}

  void handle(const begin_probe& m);
  void handle(const end_probe&) { asking_ = false; }

private:
  void ask_chain();
  void ask_storage();

  alys::ref<alys::domain::chain_actor> chain_;
  alys::ref<alys::domain::chain_database_actor> database_;
  std::atomic<std::uint64_t>* chain_answers_;
  std::atomic<std::uint64_t>* storage_answers_;
  bool asking_ = false;
};

} // namespace bench
