// SPDX-License-Identifier: Apache-2.0
//
// Who sends, and who receives: mailboxes of every kind, handlers that answer, refuse, wait and set aside.
#pragma once

#include "book.hpp"

#include <alys/actors.hpp>

namespace soak {

using namespace std::chrono_literals;

struct question {
  using reply = std::uint64_t;
  std::uint64_t n = 0;
};
struct note {
  std::uint64_t n = 0;
  std::string text = {};
};
struct tick {};
ALYS_MESSAGE(question, n)
ALYS_MESSAGE(note, n, text)
ALYS_MESSAGE(tick)

// Its objects are counted.
class counted {
public:
  explicit counted(counter& alive) noexcept : alive_(&alive) { ++alive; }
  ~counted() { --*alive_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

private:
  counter* alive_;
};

// Handles at once.
class worker final : public alys::actor<worker> {
public:
  using messages = alys::accepts<question, note>;
  worker(book& all, account& own) : own_(own), counted_(all.alive) {}
  alys::result<std::uint64_t> handle(const question& q) {
    if (q.n % 7 == 0) return alys::refuse(alys::errc::out_of_range);
    return q.n;
  }
  void handle(const note& n) {
    last_ = n.text;
    ++own_.done;
  }

private:
  account& own_;
  std::string last_;
  counted counted_;
};

// Its handlers are coroutines.
class napper final : public alys::actor<napper> {
public:
  using messages = alys::accepts<question, note>;
  napper(book& all, account& own) : own_(own), counted_(all.alive) {}
  alys::task<std::uint64_t> handle(const question& q) {
    co_await sleep(1ms);
    co_return q.n;
  }
  alys::task<void, alys::reentrant> handle(const note&) {
    co_await sleep(1ms);
    ++own_.done;
  }

private:
  account& own_;
  counted counted_;
};

// Sets notes aside, and takes all of them back with every tenth.
class keeper final : public alys::actor<keeper> {
public:
  using messages = alys::accepts<note>;
  keeper(book& all, account& own) : own_(own), counted_(all.alive) {}
  alys::result<void> handle(const note& n) {
    if (taking_back_ == 0 && n.n % 10 != 0) {
      ++stashed_;
      return stash();
    }
    if (taking_back_ > 0) --taking_back_;
    else if (stashed_ > 0) {
      taking_back_ = std::exchange(stashed_, 0);
      unstash_all();
    }
    ++own_.done;
    return {};
  }

private:
  account& own_;
  std::uint64_t stashed_ = 0;
  std::uint64_t taking_back_ = 0;
  counted counted_;
};

// An end of every ask, whoever lives to hear it.
class open_ask {
public:
  explicit open_ask(outcomes& all) noexcept : all_(&all) { ++all.asked; }
  ~open_ask() {
    if (!ended_) ++all_->cut;
  }
  open_ask(const open_ask&) = delete;
  open_ask& operator=(const open_ask&) = delete;
  void answered() noexcept { end(all_->answered); }
  void ended_by(const alys::error& e) noexcept {
    if (e == alys::errc::deadline) end(all_->deadline);
    else if (e.undelivered()) end(all_->undelivered);
    else end(e.failed() ? all_->failed : all_->refused);
  }

private:
  void end(counter& how) noexcept {
    ended_ = true;
    ++how;
  }
  outcomes* all_;
  bool ended_ = false;
};

struct receiver {
  account* at = nullptr;
  alys::ref_to<note> to_note = {};
  alys::ref_to<question> to_ask = {}; // none: is only sent to
};

// Sends to all of them, and now and then far more than they have room for.
class source final : public alys::actor<source> {
public:
  using messages = alys::accepts<tick>;
  using asks = alys::to<question>;
  source(book& all, std::vector<receiver> receivers) : all_(all), receivers_(std::move(receivers)), counted_(all.alive) {}
  void started() { every(5ms, tick{}); }
  void handle(const tick&) {
    if (all_.paused != 0) return;
    ++ticks_;
    for (const receiver& each : receivers_) {
      const std::uint64_t notes = ticks_ % 40 == 0 ? 150 : 4;
      for (std::uint64_t i = 0; i < notes; ++i) {
        ++each.at->sent;
        ++each.at->notes;
        send(each.to_note, note{++n_, "a text that does not fit into the small buffer of a string"});
      }
      if (!each.to_ask) continue;
      ++each.at->sent;
      const auto open = std::make_shared<open_ask>(all_.asks);
      auto answer = ask(each.to_ask, question{++n_}, 200ms);
      answer.then([open](std::uint64_t) { open->answered(); }, [open](const alys::error& e) { open->ended_by(e); });
    }
  }

private:
  book& all_;
  std::vector<receiver> receivers_;
  std::uint64_t ticks_ = 0;
  std::uint64_t n_ = 0;
  counted counted_;
};

} // namespace soak
