// SPDX-License-Identifier: Apache-2.0
//
// The state in actors. The chain actor imports, storage commits, and what is committed is published: a copy that nobody changes any more, which
// readers keep until the next one. Blocks that were imported while a commit was under way are committed together.
#include "measure.hpp"
#include "workload.hpp"

#include <alys/actors.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace bench {

namespace {

using namespace std::chrono_literals;
using committed_state = std::shared_ptr<const chain_state>;

struct import_this {
  std::uint64_t seed = 0;
};
struct update_this {
  std::uint64_t seed = 0;
};
struct read_this {
  std::uint64_t seed = 0;
};
struct commit_this {
  committed_state state;
};
struct commit_all {};
struct now_committed {
  static constexpr auto priority = alys::priority::urgent; // readers that have much to do get it all the same
  committed_state state;
};
ALYS_MESSAGE(import_this, seed)
ALYS_MESSAGE(update_this, seed)
ALYS_MESSAGE(read_this, seed)
ALYS_MESSAGE(commit_this)
ALYS_MESSAGE(commit_all)
ALYS_MESSAGE(now_committed)

// What has come to its end; each actor has counters of its own.
struct alignas(64) tally {
  std::atomic<std::uint64_t> count{0};
  void add(std::uint64_t more) { count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_release); }
};
struct books {
  explicit books(std::size_t readers) : reads(readers) {}
  std::vector<tally> reads;
  tally pegs;
  tally height;
  tally transfers;
  [[nodiscard]] std::uint64_t ended() const {
    std::uint64_t sum = pegs.count.load(std::memory_order_acquire) + height.count.load(std::memory_order_acquire);
    for (const auto& r : reads) sum += r.count.load(std::memory_order_acquire);
    return sum;
  }
};
using books_ptr = std::shared_ptr<books>;
using news = alys::topic<now_committed>;

class reader final : public alys::actor<reader> {
public:
  using messages = alys::accepts<read_this, now_committed>;
  reader(std::size_t number, books_ptr into, const news& committed) : number_(number), into_(std::move(into)) {
    committed.subscribe(self());
  }
  void handle(const read_this& r) {
    if (read_accounts(*state_, r.seed) != 0) into_->reads[number_].add(1);
  }
  void handle(const now_committed& c) { state_ = c.state; }

private:
  std::size_t number_;
  books_ptr into_;
  committed_state state_ = std::make_shared<const chain_state>();
};

class bridge final : public alys::actor<bridge> {
public:
  using messages = alys::accepts<update_this, now_committed>;
  bridge(books_ptr into, const news& committed) : into_(std::move(into)) { committed.subscribe(self()); }
  void handle(const update_this& u) {
    apply_peg(peg_, height_, u.seed);
    into_->pegs.add(1);
  }
  void handle(const now_committed& c) { height_ = c.state->height; }

private:
  books_ptr into_;
  peg_state peg_;
  std::uint64_t height_ = 0;
};

// On a thread of its own, where it may wait. All that came while a commit was under way goes into the next one.
class storage final : public alys::actor<storage> {
public:
  using messages = alys::accepts<commit_this, commit_all>;
  storage(nanoseconds commit, books_ptr into, news committed) : commit_(commit), into_(std::move(into)), committed_(std::move(committed)) {}
  void handle(const commit_this& c) {
    if (!newest_) send(self(), commit_all{}); // comes after what waits already
    newest_ = c.state;
  }
  void handle(const commit_all&) {
    if (commit_ > nanoseconds::zero()) std::this_thread::sleep_for(commit_);
    committed_.publish({newest_});
    into_->height.add(newest_->height - into_->height.count.load(std::memory_order_relaxed));
    into_->transfers.add(newest_->transfers - into_->transfers.count.load(std::memory_order_relaxed));
    newest_ = nullptr;
  }

private:
  nanoseconds commit_;
  books_ptr into_;
  news committed_;
  committed_state newest_;
};

class chain final : public alys::actor<chain> {
public:
  using messages = alys::accepts<import_this>;
  explicit chain(alys::ref<storage> to) : to_(std::move(to)) {}
  void handle(const import_this& b) {
    apply_block(state_, check_block(b.seed));
    send(to_, commit_this{std::make_shared<const chain_state>(state_)});
  }

private:
  alys::ref<storage> to_;
  chain_state state_;
};

// So much the sender lets be under way, which every mailbox has room for; it looks after so many operations.
constexpr std::size_t most_under_way = 8'000;
constexpr std::size_t pace = 200;

} // namespace

outcome run_actors(const plan& what) {
  const auto into = std::make_shared<books>(what.threads);
  const news committed;
  alys::supervisor_spec root{"root"};
  alys::child_options apart;
  apart.own_thread = what.commit > nanoseconds::zero(); // else it never waits, and needs none
  const auto store = root.child<storage>("storage", {}, apart, what.commit, into, committed);
  const auto blocks = root.child<chain>("chain", {}, {}, store);
  const auto pegs = root.child<bridge>("bridge", {}, {}, into, committed);
  std::vector<alys::ref<reader>> readers;
  for (std::size_t i = 0; i < what.threads; ++i)
    readers.push_back(root.child<reader>("reader-" + std::to_string(i), {}, {}, i, into, committed));
  const auto system = alys::system::start(std::move(root), {.threads = what.threads, .log = alys::log_to_nowhere()});

  const auto begun = clock_now();
  for (std::size_t number = 0; number < what.operations; ++number) {
    if (number % pace == 0) {
      while (number > into->ended() + most_under_way) std::this_thread::sleep_for(50us);
    }
    switch (operation_at(number)) {
      case operation::import_block: send(blocks, import_this{number}); break;
      case operation::update_peg: send(pegs, update_this{number}); break;
      case operation::read: send(readers[number % readers.size()], read_this{number}); break;
    }
  }
  while (into->ended() < what.operations) {
    if (clock_now() > begun + 5min) throw std::runtime_error("the actors did not come to their end");
    std::this_thread::sleep_for(50us);
  }
  const auto took = clock_now() - begun;
  std::uint64_t reads = 0;
  for (const auto& r : into->reads) reads += r.count.load();
  return {into->height.count.load(), into->transfers.count.load(), into->pegs.count.load(), reads, took};
}

} // namespace bench
