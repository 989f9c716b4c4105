// SPDX-License-Identifier: Apache-2.0
//
// The yardstick: plain CAF actors, subclasses of event_based_actor, unsupervised and with mailboxes that have no bound.
#include "measure.hpp"
#include "workload.hpp"

#include <caf/all.hpp>

#include <latch>
#include <memory>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::item)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::begin)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::echo)

namespace bench::raw {

namespace {

struct hello {
  std::uint32_t producer = 0;
};

} // namespace

} // namespace bench::raw

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::raw::hello)

namespace bench::raw {

namespace {

class receiver final : public caf::event_based_actor {
public:
  receiver(caf::actor_config& config, std::uint64_t expected, std::shared_ptr<std::latch> all_here)
      : caf::event_based_actor(config), missing_(expected), done_(std::move(all_here)) {}

  caf::behavior make_behavior() override {
    return {
        [this](const hello& h) {
          if (h.producer >= open_.size()) open_.resize(h.producer + 1);
          open_[h.producer] = {batch_size, caf::actor_cast<caf::actor>(current_sender())};
        },
        [this](const item& i) {
          auto& from = open_[i.producer];
          if (--from.left == 0) {
            from.left = batch_size;
            send(from.who, credit{});
          }
          if (--missing_ == 0) done_->count_down();
        },
    };
  }

private:
  struct batch {
    std::uint32_t left = 0;
    caf::actor who;
  };
  std::vector<batch> open_;
  std::uint64_t missing_;
  std::shared_ptr<std::latch> done_;
};

class producer final : public caf::event_based_actor {
public:
  producer(caf::actor_config& config, std::uint32_t number, std::uint64_t batches, caf::actor to)
      : caf::event_based_actor(config), number_(number), batches_(batches), to_(std::move(to)) {}

  caf::behavior make_behavior() override {
    send(to_, hello{number_});
    return {
        [this](const credit&) {
          if (batches_ == 0) return;
          --batches_;
          for (std::uint32_t i = 0; i < batch_size; ++i) send(to_, item{number_, sent_++});
        },
    };
  }

private:
  std::uint32_t number_;
  std::uint64_t batches_;
  std::uint64_t sent_ = 0;
  caf::actor to_;
};

class server final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](const echo& e) { return e.number; }};
  }
};

struct samples {
  explicit samples(std::size_t count) { times.reserve(count); }
  std::vector<nanoseconds> times;
  std::latch done{1};
};

class client final : public caf::event_based_actor {
public:
  client(caf::actor_config& config, caf::actor to, std::size_t warm_up, std::size_t count, std::shared_ptr<samples> into)
      : caf::event_based_actor(config), to_(std::move(to)), warm_up_(warm_up), left_(warm_up + count), into_(std::move(into)) {}

  caf::behavior make_behavior() override {
    return {[this](const begin&) { next(); }};
  }

private:
  void next() {
    sent_ = clock_now();
    request(to_, deadline, echo{left_}).then([this](std::uint64_t) { answered(); }, [this](caf::error& e) { quit(std::move(e)); });
  }
  void answered() {
    if (warm_up_ > 0) --warm_up_;
    else into_->times.push_back(clock_now() - sent_);
    if (--left_ > 0) next();
    else into_->done.count_down();
  }

  caf::actor to_;
  std::size_t warm_up_;
  std::size_t left_;
  nanoseconds sent_{};
  std::shared_ptr<samples> into_;
};

class idler final : public caf::event_based_actor {
public:
  idler(caf::actor_config& config, std::shared_ptr<std::latch> up) : caf::event_based_actor(config), up_(std::move(up)) {}
  caf::behavior make_behavior() override {
    up_->count_down();
    return {[](const echo& e) { return e.number; }};
  }

private:
  std::shared_ptr<std::latch> up_;
};

struct config final : caf::actor_system_config {
  config() {
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", messages_per_turn);
  }
};

void stop(const std::vector<caf::actor>& actors) {
  for (const auto& a : actors) caf::anon_send_exit(a, caf::exit_reason::kill);
}

} // namespace

flood_cost flood(const flood_plan& plan) {
  config options;
  caf::actor_system system{options};
  const auto done = std::make_shared<std::latch>(plan.receivers);
  std::vector<caf::actor> receivers;
  for (std::uint32_t r = 0; r < plan.receivers; ++r) receivers.push_back(system.spawn<receiver>(plan.messages_per_receiver(), done));
  std::vector<caf::actor> producers;
  for (std::uint32_t p = 0; p < plan.producers; ++p)
    producers.push_back(system.spawn<producer>(p, plan.batches, receivers[p % plan.receivers]));

  const auto processor = processor_time();
  const auto begun = clock_now();
  for (std::uint32_t c = 0; c < credits; ++c) {
    for (const auto& p : producers) caf::anon_send(p, credit{});
  }
  done->wait();
  const flood_cost cost{clock_now() - begun, processor_time() - processor};
  stop(producers);
  stop(receivers);
  return cost;
}

std::vector<nanoseconds> round_trips(std::size_t count) {
  config options;
  caf::actor_system system{options};
  const auto into = std::make_shared<samples>(count);
  const auto to = system.spawn<server>();
  const auto from = system.spawn<client>(to, count / 10, count, into);
  caf::anon_send(from, begin{});
  into->done.wait();
  stop({from, to});
  return std::move(into->times);
}

double bytes_per_actor(std::size_t count) {
  config options;
  caf::actor_system system{options};
  std::vector<caf::actor> actors;
  actors.reserve(count + 1);
  std::fill_n(std::back_inserter(actors), count + 1, caf::actor{}); // touches the memory of the handles, which is not the actors'
  actors.clear();
  const auto grow_by = [&](std::size_t more) {
    for (; more > 0; more -= std::min(more, births_at_once)) {
      const auto born = std::min(more, births_at_once);
      const auto up = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(born));
      for (std::size_t i = 0; i < born; ++i) actors.push_back(system.spawn<idler>(up));
      up->wait();
    }
  };
  grow_by(1);
  const auto before = resident_bytes();
  grow_by(count);
  const double each = static_cast<double>(resident_bytes() - before) / static_cast<double>(count);
  stop(actors);
  return each;
}

} // namespace bench::raw
