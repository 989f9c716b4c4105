// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

using namespace otp;

// gen_server (stdlib), Module:init/1: the server handles no message before init has returned; what was sent waits.
TEST_CASE("no message is handled before init has returned") {
  crowd t;
  t.start();
  alys::promise<void> ready;
  t.on->init["1"] = [&] { return ready; };
  const auto child = t.start_child("1").value();
  send(child, cast{1});
  t.t.run_until_idle();
  CHECK(t.news() == lines{"1 init"});
  ready.deliver();
  t.t.run_until_idle();
  CHECK(t.news() == lines{"1 continue", "1 cast 1"});
}

// gen_server (stdlib), Module:handle_continue/2: it is invoked immediately after the previous callback, which makes it particularly useful
// for performing work after initialization: before any message.
TEST_CASE("handle_continue runs right after init and before any message") {
  crowd t;
  t.start();
  const auto child = t.children.start("1", {}, t.on, std::string{"1"}).value();
  send(child, cast{1}); // is there before the server is
  t.t.run_until_idle();
  CHECK(t.news() == lines{"1 init", "1 continue", "1 cast 1"});
}

// OTP Design Principles, gen_server Behaviour, Synchronous Requests - Call: The request is made into a message and sent ...; waits for a
// reply.
TEST_CASE("call waits for the reply") {
  tree t;
  const auto a = t.add("a");
  CHECK(t.life(a) == 1u);
}

// OTP Design Principles, gen_server Behaviour, Asynchronous Requests - Cast, and Erlang Reference Manual, Processes, Signals: what one
// process sends to another arrives in the order of sending.
TEST_CASE("casts are handled in the order in which they were sent") {
  tree t;
  const auto a = t.add("a");
  t.start();
  for (int i = 1; i <= 3; ++i) send(a, cast{i});
  t.t.run_until_idle();
  CHECK(t.news() == lines{"a cast 1", "a cast 2", "a cast 3"});
}

// gen_server (stdlib), call/3: If no reply is received within the specified time, this function exits ... with timeout; a late reply ...
// is discarded.
TEST_CASE("a call ends when its time is over and a late reply is dropped") {
  tree t;
  const auto a = t.add("a");
  t.start();
  CHECK(t.t.ask(a, later{}, 5s) == alys::errc::deadline);
  t.on->owed.at(0).deliver(7u);
  t.t.run_until_idle();
  CHECK(t.life(a) == 1u);
}

// gen_server (stdlib), reply/2: This function can be used by a gen_server process to explicitly send a reply to a client ... when the
// reply cannot be passed in the return value of Module:handle_call/3, which returned noreply.
TEST_CASE("a server that replies later handles other messages meanwhile") {
  tree t;
  const auto a = t.add("a");
  t.start();
  auto answer = t.t.ask_later(a, later{});
  t.t.run_until_idle();
  CHECK(t.life(a) == 1u);
  CHECK_FALSE(answer.arrived());
  t.on->owed.at(0).deliver(7u);
  t.t.run_until_idle();
  CHECK(answer.take() == 7u);
}

// gen_server (stdlib), call/2,3: the call fails ... if the server terminates before it replied, and with noproc if there is none.
TEST_CASE("a call to a server that terminates or has terminated is an error at once") {
  crowd t;
  const auto child = t.start_child("1").value();
  auto pending = t.t.ask_later(child, later{});
  t.t.run_until_idle();
  t.terminate_child(child);
  CHECK(pending.take() == alys::errc::stopped);
  CHECK(t.life(child) == alys::errc::stopped);
}

// gen_server (stdlib), call/2,3, of a server that fails in its callback: the caller gets the reason.
TEST_CASE("a call on which the server fails is answered with the failure") {
  tree t;
  const auto a = t.add("a");
  t.start();
  const auto answer = t.t.ask(a, crash{});
  CHECK(answer.error().failed());
  CHECK(answer.error().text() == "crash");
}

// gen_server (stdlib), cast/2: This function always returns ok, ignoring if the destination ... does not exist.
TEST_CASE("a cast to a server that has terminated is no error of the sender") {
  crowd t;
  const auto child = t.start_child("1").value();
  t.terminate_child(child);
  send(child, cast{1});
  t.t.run_until_idle();
  CHECK(t.t.system().dead_letters(alys::dead_letter_cause::receiver_stopped) == 1);
}

// OTP Design Principles, gen_server Behaviour, Stopping, In a Supervision Tree: the gen_server will automatically be terminated by its
// supervisor; if it traps exits, terminate(shutdown, State) is called.
TEST_CASE("terminate is called when the supervisor ends the server") {
  tree t;
  t.add("a");
  t.start();
  CHECK(t.t.shutdown().in_time);
  CHECK(t.news() == lines{"a terminate", "a gone"});
}

// OTP Design Principles, gen_server Behaviour, Stopping, Standalone Gen_Servers, and Module:handle_call/3: {stop, normal, Reply, State}
// replies, then calls terminate(normal, State).
TEST_CASE("a server that stops by itself replies first and then terminates") {
  tree t;
  const auto a = t.add("a", {.kind = alys::child_kind::transient});
  t.start();
  CHECK(t.t.ask(a, exit_normal{}) == 0u);
  t.t.run_until_idle();
  CHECK(t.news() == lines{"a terminate", "a gone"});
}

// gen_server (stdlib), Module:terminate/2 is called for a callback that fails too. Here an object that failed is not asked to end in
// order, since its state may be half changed: it is only destroyed.
TEST_CASE("a server that failed is not asked to terminate in order where one of OTP is") {
  tree t;
  const auto a = t.add("a");
  t.start();
  t.kill(a);
  CHECK(t.news() == lines{"a gone", "a init", "a continue"});
}

// gen_server (stdlib), Module:init/1 is called anew in a restarted server: nothing of the old state is left.
TEST_CASE("a restarted server begins with init under the same name") {
  tree t;
  const auto a = t.add("a");
  t.start();
  t.kill(a);
  CHECK(t.life(a) == 2u);
  CHECK(t.t.system().find<server>("/bench/a").value() == a);
}
