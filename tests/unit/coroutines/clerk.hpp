// SPDX-License-Identifier: Apache-2.0
//
// An actor whose handlers wait in every way that there is, the archive that it asks, and a count of what is alive of it.
#pragma once

#include <alys/actors.hpp>

#include <memory>
#include <string>
#include <vector>

namespace office {

using namespace std::chrono_literals;

enum class denied : std::uint8_t { none, not_today };
ALYS_ERRORS(denied, not_today)

// What a frame, a message and an actor have of it are counted.
class token {
public:
  token() noexcept { ++alive; }
  token(const token&) noexcept { ++alive; }
  token(token&&) noexcept { ++alive; }
  token& operator=(const token&) noexcept = default;
  ~token() { --alive; }
  static inline int alive = 0;
};

// What happened, in order; outlives the tree.
using journal = std::shared_ptr<std::vector<std::string>>;

// How the end of a handler comes about.
enum class ending : std::uint8_t { value, refusal, failure, exception };

struct look_up {
  using reply = int;
  std::string key;
  std::vector<int> pages; // so that it owns something
};
ALYS_MESSAGE(look_up, key, pages)

class archive final : public alys::actor<archive> {
public:
  using messages = alys::accepts<look_up>;
  int handle(const look_up&) { return 0; } // tests stand in for it
};

// Each is handled by a coroutine of the clerk.
struct fetch { // the archive's answer, an error as an answer of one's own
  using reply = int;
  std::string key;
  token counted = {};
};
struct relay { // the archive's answer, an error handed on
  using reply = int;
  std::string key;
  token counted = {};
};
struct add_up { // the sum of what the archive says of each, by a coroutine of its own
  using reply = int;
  std::vector<std::string> keys;
  token counted = {};
};
struct end_with { // ends so, before or after it has asked
  using reply = int;
  ending how{};
  bool after = false;
  bool nested = false;
  token counted = {};
};
struct rest { // sleeps
  std::chrono::nanoseconds time{};
  token counted = {};
};
struct stamp { // a task without a value, which may refuse
  using reply = void;
  bool refused = false;
  token counted = {};
};
struct browse { // reentrant
  using reply = int;
  std::string key;
  token counted = {};
};
struct queue_up { // reentrant, but only one at a time asks
  using reply = int;
  std::string key;
  token counted = {};
};
struct pass_on { // tells its friend before and after it has asked
  using reply = void;
  token counted = {};
};
struct finish_then_fetch {
  using reply = int;
  token counted = {};
};
struct mark { // no coroutine
  int number = 0;
};
struct ask_mark { // no coroutine, answered
  using reply = int;
  int number = 0;
};
struct set_mark { // marks itself by a timer
  std::chrono::nanoseconds after{};
  std::chrono::nanoseconds period{};
};
struct set_rest { // rests a second, in a second
};
struct go_home {}; // finishes
ALYS_MESSAGE(fetch, key)
ALYS_MESSAGE(relay, key)
ALYS_MESSAGE(add_up, keys)
ALYS_MESSAGE(end_with, after)
ALYS_MESSAGE(rest, time)
ALYS_MESSAGE(stamp, refused)
ALYS_MESSAGE(browse, key)
ALYS_MESSAGE(mark, number)
ALYS_MESSAGE(ask_mark, number)
ALYS_MESSAGE(set_mark, after, period)
ALYS_MESSAGE(set_rest)
ALYS_MESSAGE(queue_up, key)
ALYS_MESSAGE(pass_on)
ALYS_MESSAGE(finish_then_fetch)
ALYS_MESSAGE(go_home)

class clerk final : public alys::actor<clerk> {
public:
  using messages = alys::accepts<fetch, relay, add_up, end_with, rest, stamp, browse, queue_up, pass_on, finish_then_fetch, mark, ask_mark,
                                 set_mark, set_rest, go_home>;
  using asks = alys::to<archive>;

  clerk(alys::ref<archive> a, journal j, alys::ref<clerk> colleague = {})
      : archive_(std::move(a)), journal_(std::move(j)), friend_(std::move(colleague)) {}
  ~clerk() override { write("gone"); }

  alys::task<int> handle(const fetch& f) {
    const leave note{*this, "fetch left"};
    auto page = ask(archive_, look_up{f.key, {1}}, 10s);
    auto found = co_await page;
    write("fetched " + f.key);
    co_return found;
  }
  alys::task<int> handle(relay r) {
    const leave note{*this, "relay left"};
    auto page = ask(archive_, look_up{r.key, {1}}, 10s);
    const int found = co_await page.or_return();
    write("relayed " + r.key);
    co_return found;
  }
  alys::task<int> handle(add_up&& a) {
    const leave note{*this, "sum left"};
    int sum = 0;
    for (const std::string& key : a.keys) sum += co_await value_of(key).or_return();
    co_return sum;
  }
  alys::task<int> handle(const end_with& e) {
    const leave note{*this, "end left"};
    if (e.nested) co_return co_await end_so(e).or_return();
    if (e.after) {
      auto page = ask(archive_, look_up{"end", {}}, 10s);
      co_await page.or_return();
    }
    switch (e.how) {
      case ending::refusal: co_return alys::refuse(denied::not_today, "come again");
      case ending::failure: co_return alys::fail(alys::category::resource, "out of ink");
      case ending::exception: throw std::runtime_error("the desk broke");
      case ending::value: break;
    }
    co_return 1;
  }
  alys::task<void> handle(const rest& r) {
    const leave note{*this, "rest left"};
    co_await sleep(r.time);
    write("rested");
  }
  alys::task<alys::result<void>> handle(const stamp& s) {
    co_await sleep(1s);
    if (s.refused) co_return alys::refuse(denied::not_today);
    co_return {};
  }
  alys::task<int, alys::reentrant> handle(const browse& b) {
    const leave note{*this, "browse left"};
    auto page = ask(archive_, look_up{b.key, {1}}, 10s);
    const int found = co_await page.or_return();
    write("browsed " + b.key);
    co_return found;
  }
  alys::task<int, alys::reentrant> handle(const queue_up& q) {
    const leave note{*this, "queue left"};
    const auto alone = co_await counter_.enter();
    write("at the counter with " + q.key);
    auto page = ask(archive_, look_up{q.key, {1}}, 10s);
    co_return co_await page.or_return();
  }
  alys::task<void> handle(const pass_on&) {
    send(friend_, mark{1});
    auto page = ask(archive_, look_up{"friend", {}}, 10s);
    co_await page.or_return();
    send(friend_, mark{2});
  }
  alys::task<int> handle(const finish_then_fetch&) {
    finish();
    auto page = ask(archive_, look_up{"last", {}}, 10s);
    const int found = co_await page.or_return();
    write("fetched the last");
    co_return found;
  }
  void handle(const mark& m) {
    if (m.number < 0) throw std::runtime_error("a bad mark");
    write("mark " + std::to_string(m.number));
  }
  int handle(const ask_mark& m) { return m.number; }
  void handle(const set_rest&) { after(1s, rest{1s}); }
  void handle(const set_mark& s) {
    if (s.period > 0ns) every(s.period, mark{7});
    else after(s.after, mark{7});
  }
  void handle(const go_home&) { finish(); }
  void stopping() { write("stopping"); }
  alys::health_report health() {
    write("health");
    return {};
  }

private:
  // A local of a frame, which works on the actor when it goes.
  struct leave {
    leave(clerk& c, const char* w) : of(c), what(w) {}
    ~leave() { of.write(what); }
    clerk& of;
    const char* what;
    token counted;
  };

  alys::task<int> value_of(const std::string& key) {
    const leave note{*this, "value left"};
    auto page = ask(archive_, look_up{key, {1}}, 10s);
    co_return co_await page.or_return();
  }
  alys::task<int> end_so(const end_with& e) {
    const leave note{*this, "part left"};
    if (e.after) {
      auto page = ask(archive_, look_up{"end", {}}, 10s);
      co_await page.or_return();
    }
    if (e.how == ending::exception) throw std::runtime_error("the desk broke");
    if (e.how == ending::failure) co_return alys::fail(alys::category::resource, "out of ink");
    if (e.how == ending::refusal) co_return alys::refuse(denied::not_today, "come again");
    co_return 1;
  }
  void write(std::string what) const { journal_->push_back(std::move(what)); }

  alys::ref<archive> archive_;
  journal journal_;
  alys::ref<clerk> friend_;
  alys::turnstile counter_;
  token counted_;
};

} // namespace office
