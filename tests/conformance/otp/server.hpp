// SPDX-License-Identifier: Apache-2.0
//
// The child of these tests: a server that keeps a diary and whose hooks and answers a test holds in its hand.
//
// The words of OTP and ours: init is construction and initialize(), handle_continue is started(), terminate is stopping() and stopped(),
// call is ask, cast is send, exit normal is finish(), an abnormal exit is a failure, start_child and terminate_child are a factory's
// start() and stop(), MaxR and MaxT are a strategy's `restarts` and `within`.
#pragma once

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace otp {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

struct which_life {
  using reply = std::uint32_t;
};
struct crash {
  using reply = std::uint32_t;
}; // an abnormal exit
struct exit_normal {
  using reply = std::uint32_t;
};
struct later {
  using reply = std::uint32_t;
}; // {noreply, State}, and gen_server:reply/2 when the test says so
struct cast {
  int number = 0;
};
struct unknown {
  using reply = int;
}; // nobody handles it
ALYS_MESSAGE(which_life)
ALYS_MESSAGE(crash)
ALYS_MESSAGE(exit_normal)
ALYS_MESSAGE(later)
ALYS_MESSAGE(cast, number)
ALYS_MESSAGE(unknown)

// What the servers of one test share.
class stage {
public:
  lines diary;
  // Of every server called so, at every start: null, it is done at once.
  std::map<std::string, std::function<alys::promise<void>()>> init;
  std::map<std::string, std::function<alys::promise<void>()>> terminate;
  std::vector<alys::promise<std::uint32_t>> owed;

  lines news() { return std::exchange(diary, {}); }
  // What a hook returns that does not come to its end.
  alys::promise<void> never_done() { return unkept_.emplace_back(); }
  [[nodiscard]] std::function<alys::promise<void>()> hangs() {
    return [this] { return never_done(); };
  }

  // What the hooks refer to has gone with the test, and promises hold their askers.
  void clear() {
    init.clear();
    terminate.clear();
    owed.clear();
    unkept_.clear();
  }

private:
  std::vector<alys::promise<void>> unkept_;
};

inline alys::promise<void> done_with(const alys::error& e = {}) {
  alys::promise<void> p;
  if (e) p.deliver(e);
  else p.deliver();
  return p;
}

class server final : public alys::actor<server> {
public:
  using messages = alys::accepts<which_life, crash, exit_normal, later, cast>;
  server(std::shared_ptr<stage> on, std::string name) : stage_(std::move(on)), name_(std::move(name)) {}
  ~server() override { write("gone"); }

  alys::promise<void> initialize() { return hook("init", stage_->init); }
  void started() { write("continue"); }
  alys::promise<void> stopping() { return hook("terminate", stage_->terminate); }

  std::uint32_t handle(const which_life&) { return incarnation(); }
  alys::result<std::uint32_t> handle(const crash&) { return alys::fail(alys::category::resource, "crash"); }
  std::uint32_t handle(const exit_normal&) {
    finish();
    return 0;
  }
  alys::promise<std::uint32_t> handle(const later&) {
    stage_->owed.emplace_back();
    return stage_->owed.back();
  }
  void handle(const cast& c) { write("cast " + std::to_string(c.number)); }

private:
  void write(const std::string& what) const { stage_->diary.push_back(name_ + ' ' + what); }
  alys::promise<void> hook(const char* what, const std::map<std::string, std::function<alys::promise<void>()>>& hooks) {
    write(what);
    const auto own = hooks.find(name_);
    return own != hooks.end() ? own->second() : done_with();
  }
  std::shared_ptr<stage> stage_;
  std::string name_;
};

using server_ref = alys::ref<server>;

// A tree below /bench.
struct tree {
  explicit tree(alys::strategy how = alys::one_for_one{}, alys::supervisor_options options = {})
      : t({.how = how, .supervision = std::move(options)}) {}
  ~tree() { on->clear(); }
  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;
  server_ref add(alys::supervisor_spec& under, const std::string& name, alys::child_options options = {}) {
    return under.child<server>(name, {}, std::move(options), on, name);
  }
  server_ref add(const std::string& name, alys::child_options options = {}) { return add(t.root(), name, std::move(options)); }
  void start() {
    t.start();
    on->news();
  }
  // It fails, and whatever follows at this instant has followed.
  void kill(const server_ref& who) {
    CHECK(t.ask(who, crash{}).error().failed());
    t.run_until_idle();
  }
  void exit(const server_ref& who) {
    CHECK(t.ask(who, exit_normal{}));
    t.run_until_idle();
  }
  [[nodiscard]] alys::result<std::uint32_t> life(const server_ref& who) { return t.ask(who, which_life{}); }
  [[nodiscard]] bool alive(const server_ref& who) { return life(who).has_value(); }
  [[nodiscard]] bool over() { return t.system().wait_for(0s) != alys::end_reason::none; }
  lines news() { return on->news(); } // what was written since the last time

  std::shared_ptr<stage> on = std::make_shared<stage>();
  alys::testkit::bench t;
};

// Children at run time, as of a simple_one_for_one supervisor.
struct crowd : tree {
  explicit crowd(alys::child_options options = {}, alys::strategy how = alys::one_for_one{}, std::size_t at_most = 100)
      : tree(how), children(t.root().children<server>("w-{}", std::move(options), at_most)) {}
  [[nodiscard]] alys::result<server_ref> start_child(const std::string& name) {
    t.start();
    auto child = children.start(name, {}, on, name);
    t.run_until_idle();
    return child;
  }
  void terminate_child(const server_ref& who) {
    CHECK(children.stop(who));
    t.run_until_idle();
  }
  alys::factory<server> children;
};

} // namespace otp
