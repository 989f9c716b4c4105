// SPDX-License-Identifier: Apache-2.0
//
// The contender: actors of this library, with default options, under a supervisor.
#include "measure.hpp"
#include "workload.hpp"

#include <alys/actors.hpp>

#include <latch>
#include <memory>

namespace bench::cells {

namespace {

struct hello {
  std::uint32_t producer = 0;
  alys::ref_to<credit> who;
};
ALYS_MESSAGE(hello, producer, who)

class receiver final : public alys::actor<receiver> {
public:
  using messages = alys::accepts<hello, item>;
  receiver(std::uint64_t expected, std::shared_ptr<std::latch> done) : missing_(expected), done_(std::move(done)) {}

  void handle(const hello& h) {
    if (h.producer >= open_.size()) open_.resize(h.producer + 1);
    open_[h.producer] = {batch_size, h.who};
  }
  void handle(const item& i) {
    auto& from = open_[i.producer];
    if (--from.left == 0) {
      from.left = batch_size;
      send(from.who, credit{});
    }
    if (--missing_ == 0) done_->count_down();
  }

private:
  struct batch {
    std::uint32_t left = 0;
    alys::ref_to<credit> who;
  };
  std::vector<batch> open_;
  std::uint64_t missing_;
  std::shared_ptr<std::latch> done_;
};

class producer final : public alys::actor<producer> {
public:
  using messages = alys::accepts<credit>;
  producer(std::uint32_t number, std::uint64_t batches, alys::ref<receiver> to) : number_(number), batches_(batches), to_(std::move(to)) {}

  void started() { send(to_, hello{number_, self()}); }
  void handle(const credit&) {
    if (batches_ == 0) return;
    --batches_;
    for (std::uint32_t i = 0; i < batch_size; ++i) send(to_, item{number_, sent_++});
  }

private:
  std::uint32_t number_;
  std::uint64_t batches_;
  std::uint64_t sent_ = 0;
  alys::ref<receiver> to_;
};

class server final : public alys::actor<server> {
public:
  using messages = alys::accepts<echo>;
  std::uint64_t handle(const echo& e) { return e.number; }
};

// Where the times of one client go.
struct samples {
  explicit samples(std::size_t count) { times.reserve(count); }
  std::vector<nanoseconds> times;
  std::latch done{1};
};

class client final : public alys::actor<client> {
public:
  using messages = alys::accepts<begin>;
  using asks = alys::to<server>;
  client(alys::ref<server> to, std::size_t warm_up, std::size_t count, std::shared_ptr<samples> into)
      : to_(std::move(to)), warm_up_(warm_up), left_(warm_up + count), into_(std::move(into)) {}

  void handle(const begin&) { next(); }

private:
  void next() {
    sent_ = clock_now();
    auto answer = ask(to_, echo{left_}, deadline);
    answer.then([this](std::uint64_t) { answered(); }, [](const alys::error& e) { throw alys::bad_result(e); });
  }
  void answered() {
    if (warm_up_ > 0) --warm_up_;
    else into_->times.push_back(clock_now() - sent_);
    if (--left_ > 0) next();
    else into_->done.count_down();
  }

  alys::ref<server> to_;
  std::size_t warm_up_;
  std::size_t left_;
  nanoseconds sent_{};
  std::shared_ptr<samples> into_;
};

class idler final : public alys::actor<idler> {
public:
  using messages = alys::accepts<echo>;
  explicit idler(const std::shared_ptr<std::latch>& up) : up_(up) {}
  void started() { up_->count_down(); }
  std::uint64_t handle(const echo& e) { return e.number; }

private:
  std::shared_ptr<std::latch> up_;
};

struct crash {
  failing how{};
};
ALYS_MESSAGE(crash, how)

class fragile final : public alys::actor<fragile> {
public:
  using messages = alys::accepts<crash, echo>;
  alys::result<void> handle(const crash& c) {
    if (c.how == failing::by_throwing) throw std::runtime_error("as asked");
    return alys::fail(alys::category::external, "as asked");
  }
  std::uint64_t handle(const echo& e) { return e.number; }
};

// Makes one child after another fail, and asks it at once: the answer is the next incarnation's.
class witness final : public alys::actor<witness> {
public:
  using messages = alys::accepts<begin>;
  using asks = alys::to<fragile>;
  witness(std::vector<alys::ref<fragile>> children, std::size_t each, failing how, std::size_t count, std::shared_ptr<samples> into)
      : children_(std::move(children)), each_(each), how_(how), missing_(count), into_(std::move(into)) {}

  void handle(const begin&) { next(); }

private:
  void next() {
    const auto& child = children_[failures_++ / each_];
    sent_ = clock_now();
    send(child, crash{how_});
    auto answer = ask(child, echo{failures_}, deadline);
    answer.then([this](std::uint64_t) { answered(); }, [](const alys::error& e) { throw alys::bad_result(e); });
  }
  void answered() {
    const auto took = clock_now() - sent_;
    if (failures_ > each_) { // the first supervisor's were the warm-up
      into_->times.push_back(took);
      --missing_;
    }
    if (missing_ > 0) next();
    else into_->done.count_down();
  }

  std::vector<alys::ref<fragile>> children_;
  std::size_t each_;
  failing how_;
  std::size_t missing_;
  std::size_t failures_ = 0;
  nanoseconds sent_{};
  std::shared_ptr<samples> into_;
};

[[nodiscard]] alys::system start(alys::supervisor_spec root) {
  return alys::system::start(std::move(root), {.threads = threads, .messages_per_turn = messages_per_turn, .log = alys::log_to_nowhere()});
}

} // namespace

flood_cost flood(const flood_plan& plan) {
  alys::supervisor_spec root{"root"};
  const auto done = std::make_shared<std::latch>(plan.receivers);
  std::vector<alys::ref<receiver>> receivers;
  for (std::uint32_t r = 0; r < plan.receivers; ++r)
    receivers.push_back(root.child<receiver>("receiver-" + std::to_string(r), {}, {}, plan.messages_per_receiver(), done));
  std::vector<alys::ref<producer>> producers;
  for (std::uint32_t p = 0; p < plan.producers; ++p)
    producers.push_back(root.child<producer>("producer-" + std::to_string(p), {}, {}, p, plan.batches, receivers[p % plan.receivers]));
  const auto system = start(std::move(root));

  const auto processor = processor_time();
  const auto begun = clock_now();
  for (std::uint32_t c = 0; c < credits; ++c) {
    for (const auto& p : producers) send(p, credit{});
  }
  done->wait();
  return {clock_now() - begun, processor_time() - processor};
}

std::vector<nanoseconds> round_trips(std::size_t count) {
  alys::supervisor_spec root{"root"};
  const auto into = std::make_shared<samples>(count);
  const auto to = root.child<server>("server");
  const auto from = root.child<client>("client", {}, {}, to, count / 10, count, into);
  const auto system = start(std::move(root));
  send(from, begin{});
  into->done.wait();
  return std::move(into->times);
}

double bytes_per_actor(std::size_t count) {
  alys::supervisor_spec root{"root"};
  const auto family = root.children<idler>("idler-{}", {}, count + 1);
  const auto system = start(std::move(root));
  auto grow_by = [&, next = std::size_t{0}](std::size_t more) mutable {
    for (; more > 0; more -= std::min(more, births_at_once)) {
      const auto born = std::min(more, births_at_once);
      const auto up = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(born));
      for (std::size_t i = 0; i < born; ++i) (void)family.start(std::to_string(next++), {}, up).value();
      up->wait();
    }
  };
  grow_by(1);
  const auto before = resident_bytes();
  grow_by(count);
  return static_cast<double>(resident_bytes() - before) / static_cast<double>(count);
}

std::vector<nanoseconds> restarts(failing how, std::size_t count) {
  constexpr std::uint32_t per_supervisor = 100; // so that the budget's book-keeping stays as short as OTP's
  alys::supervisor_spec root{"root"};
  std::vector<alys::ref<fragile>> children;
  for (std::size_t i = 0; i <= count / per_supervisor; ++i) {
    auto& above = root.supervisor("supervisor-" + std::to_string(i), alys::one_for_one{.restarts = per_supervisor});
    children.push_back(above.child<fragile>("child"));
  }
  const auto into = std::make_shared<samples>(count);
  const auto from = root.child<witness>("witness", {}, {}, std::move(children), per_supervisor, how, count, into);
  const auto system = start(std::move(root));
  send(from, begin{});
  into->done.wait();
  return std::move(into->times);
}

double empty_system_megabytes() {
  alys::supervisor_spec root{"root"};
  root.child<server>("server");
  const auto system = start(std::move(root));
  return static_cast<double>(resident_bytes()) / 1e6;
}

} // namespace bench::cells
