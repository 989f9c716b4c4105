// SPDX-License-Identifier: Apache-2.0
//
// An actor that does whatever a test says: hooks by a script, handlers by functions inside the messages.
#pragma once

#include "journal.hpp"

#include <alys/actors.hpp>

#include <functional>
#include <memory>

namespace alys::test {

class subject;
class helper;

// Runs `what` as the handler of a request, with the actor in hand.
struct act {
  using reply = int;
  std::function<result<int>(subject&)> what;
};
// The same, for an answer that comes later.
struct act_later {
  using reply = int;
  std::function<promise<int>(subject&)> what;
};
// Writes "note 7" into the script's journal. With priority: "urgent 7".
struct note {
  int number = 0;
};
struct urgent_note {
  static constexpr auto priority = alys::priority::urgent;
  int number = 0;
};
// As act, but nobody can ask for it.
struct perform {
  std::function<void(subject&)> what;
};
struct urgent_deed {
  static constexpr auto priority = alys::priority::urgent;
  std::function<void(subject&)> what;
};
// Asked of a helper.
struct question {
  using reply = int;
  int number = 0;
};
ALYS_MESSAGE(act, what)
ALYS_MESSAGE(act_later, what)
ALYS_MESSAGE(note, number)
ALYS_MESSAGE(urgent_note, number)
ALYS_MESSAGE(perform, what)
ALYS_MESSAGE(urgent_deed, what)
ALYS_MESSAGE(question, number)

// What the hooks of a subject do. Shared by all its incarnations, and read on the actor's thread: set it before the tree starts, or while
// the actor cannot be in a hook.
struct script {
  std::function<void(subject&)> construct;
  std::function<result<void>(subject&)> initialize;
  std::function<result<void>(subject&)> started;
  std::function<result<void>(subject&)> stopping;
  std::function<result<void>(subject&)> stopped;
  std::function<health_report(subject&)> health;
  std::function<void()> destroyed;
  journal log; // hooks and notes, in order
};
using script_ptr = std::shared_ptr<script>;

class subject final : public alys::actor<subject> {
public:
  using messages = accepts<act, act_later, note, urgent_note, perform, urgent_deed>;
  using asks = to<helper>;
  // What an actor may do is open to the test.
  using actor::after;
  using actor::ask;
  using actor::cancel;
  using actor::every;
  using actor::finish;
  using actor::incarnation;
  using actor::now;
  using actor::path;
  using actor::self;
  using actor::stash;
  using actor::unstash_all;

  explicit subject(script_ptr s, std::string name = {}) : script_(std::move(s)), name_(std::move(name)) {
    write("construct");
    if (script_->construct) script_->construct(*this);
  }
  ~subject() override {
    write("destroy");
    if (script_->destroyed) script_->destroyed();
  }

  result<void> initialize() { return run("initialize", script_->initialize); }
  result<void> started() { return run("started", script_->started); }
  result<void> stopping() { return run("stopping", script_->stopping); }
  result<void> stopped() { return run("stopped", script_->stopped); }
  health_report health() { return script_->health ? script_->health(*this) : health_report{}; }

  result<int> handle(const act& a) { return a.what(*this); }
  promise<int> handle(const act_later& a) { return a.what(*this); }
  void handle(const perform& p) { p.what(*this); }
  void handle(const urgent_deed& d) { d.what(*this); }
  void handle(const note& n) { write("note " + std::to_string(n.number)); }
  void handle(const urgent_note& n) { write("urgent " + std::to_string(n.number)); }

  void write(const std::string& what) { script_->log.write(name_.empty() ? what : name_ + ": " + what); }

private:
  result<void> run(const char* hook, const std::function<result<void>(subject&)>& what) {
    write(hook);
    return what ? what(*this) : result<void>{};
  }
  script_ptr script_;
  std::string name_;
};

// Answers questions as it is told to.
class helper final : public alys::actor<helper> {
public:
  using messages = accepts<question>;
  using answers = std::function<promise<int>(int)>;
  explicit helper(answers how) : how_(std::move(how)) {}
  promise<int> handle(const question& q) { return how_(q.number); }

private:
  answers how_;
};

[[nodiscard]] inline promise<int> answered(result<int> with) {
  promise<int> p;
  p.deliver(std::move(with));
  return p;
}

} // namespace alys::test
