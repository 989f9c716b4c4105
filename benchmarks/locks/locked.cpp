// SPDX-License-Identifier: Apache-2.0
//
// The state behind locks. The chain's stays locked until the block is committed: what is not committed must not be read.
#include "measure.hpp"
#include "workload.hpp"

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>

namespace bench {

namespace {

// With std::mutex readers exclude each other too; with std::shared_mutex they do not.
template <class Mutex>
class node {
  using reading_lock = std::conditional_t<std::is_same_v<Mutex, std::mutex>, std::unique_lock<Mutex>, std::shared_lock<Mutex>>;

public:
  explicit node(nanoseconds commit) : commit_(commit) {}

  void import_block(std::uint64_t seed) {
    const auto checked = check_block(seed); // needs no state, so no lock
    const std::unique_lock writing(chain_lock_);
    apply_block(chain_, checked);
    if (commit_ > nanoseconds::zero()) std::this_thread::sleep_for(commit_);
  }
  void update_peg(std::uint64_t seed) {
    const auto height = [&] {
      const reading_lock reading(chain_lock_);
      return chain_.height;
    }();
    const std::unique_lock writing(peg_lock_);
    apply_peg(peg_, height, seed);
  }
  void read(std::uint64_t seed) {
    const auto digest = [&] {
      const reading_lock reading(chain_lock_);
      return read_accounts(chain_, seed);
    }();
    if (digest != 0) reads_.fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] outcome result(nanoseconds took) const { return {chain_.height, chain_.transfers, peg_.pegs, reads_.load(), took}; }

private:
  nanoseconds commit_;
  Mutex chain_lock_;
  chain_state chain_;
  Mutex peg_lock_;
  peg_state peg_;
  std::atomic<std::uint64_t> reads_{0};
};

template <class Mutex>
[[nodiscard]] outcome run_behind(const plan& what) {
  node<Mutex> shared(what.commit);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto number = next.fetch_add(1); number < what.operations; number = next.fetch_add(1)) {
      switch (operation_at(number)) {
        case operation::import_block: shared.import_block(number); break;
        case operation::update_peg: shared.update_peg(number); break;
        case operation::read: shared.read(number); break;
      }
    }
  };
  const auto begun = clock_now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < what.threads; ++i) threads.emplace_back(work);
  }
  return shared.result(clock_now() - begun);
}

} // namespace

outcome run_mutexes(const plan& what) { return run_behind<std::mutex>(what); }

outcome run_reader_writer_locks(const plan& what) { return run_behind<std::shared_mutex>(what); }

} // namespace bench
