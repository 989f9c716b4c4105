// SPDX-License-Identifier: Apache-2.0
//
// Processes of ours: how they begin, how their end is learnt, and that none is left behind.
#include "posix/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <future>
#include <sstream>

using namespace alys::domain;
using namespace std::chrono_literals;

namespace {

struct shell {
  alys::test::temporary_folder folder;
  std::filesystem::path output = folder.path() / "output";

  [[nodiscard]] std::unique_ptr<child_process> run(const std::string& script) const {
    auto made = child_process::start({"sh", "-c", script}, folder.path(), output);
    REQUIRE(made);
    return *std::move(made);
  }
  [[nodiscard]] std::string printed() const {
    const std::ifstream in(output);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
  }
  // Until the script has written this.
  void wait_for(const std::string& word) const {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (printed().find(word) == std::string::npos) {
      REQUIRE(std::chrono::steady_clock::now() < until);
      std::this_thread::sleep_for(1ms);
    }
  }
};

} // namespace

TEST_CASE("what a process prints is appended and its status is told") {
  const shell s;
  CHECK(s.run("echo one; echo two >&2; exit 3")->wait_for(20s) == "exited with status 3");
  CHECK(s.run("pwd; cat")->wait_for(20s) == "exited with status 0"); // with nothing to read
  CHECK(s.printed() == "one\ntwo\n" + std::filesystem::canonical(s.folder.path()).string() + "\n");
}

TEST_CASE("a process that ends by itself says so once and also to who asks late") {
  const shell s;
  const auto early = s.run("while [ ! -e gate ]; do sleep 0.01; done; exit 1");
  std::promise<std::string> told; // twice is an exception, on a thread that has nobody to catch it
  early->when_ended([&](const std::string& how) { told.set_value(how); });
  CHECK_FALSE(early->end());
  std::ofstream{s.folder.path() / "gate"}.flush();
  CHECK(told.get_future().get() == "exited with status 1");
  const auto late = s.run("kill -9 $$");
  CHECK(late->wait_for(20s) == "was killed by signal 9");
  std::string heard;
  late->when_ended([&](const std::string& how) { heard = how; });
  CHECK(heard == "was killed by signal 9");
}

TEST_CASE("a process is told to end and given its time") {
  const shell s;
  const auto p = s.run("trap 'echo over; exit 5' TERM; echo ready; while :; do sleep 0.01; done");
  bool told = false;
  p->when_ended([&](const std::string&) { told = true; });
  s.wait_for("ready");
  p->terminate(20s);
  CHECK(p->end() == "exited with status 5");
  CHECK(s.printed() == "ready\nover\n");
  CHECK_FALSE(told); // it did not end by itself
}

TEST_CASE("a process that does not end in its time is killed") {
  const shell s;
  const auto p = s.run("trap '' TERM; echo ready; while :; do sleep 0.01; done");
  s.wait_for("ready");
  p->terminate(50ms);
  CHECK(p->end() == "was killed by signal 9");
}

TEST_CASE("a process ends with its owner") {
  const shell s;
  {
    const auto p = s.run("echo $$; while :; do sleep 0.01; done");
    s.wait_for("\n");
  }
  CHECK(::kill(std::stoi(s.printed()), 0) == -1);
}

TEST_CASE("a process ends with the thread that started it") {
  const shell s;
  std::unique_ptr<child_process> p;
  std::thread{[&] {
    p = s.run("echo ready; while :; do sleep 0.01; done");
    s.wait_for("ready");
  }}.join();
  CHECK(p->wait_for(20s) == "was killed by signal 9");
}

TEST_CASE("a process has the signals as they are by default whatever its parent blocks") {
  const shell s;
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto p = s.run("echo ready; while :; do sleep 0.01; done");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  s.wait_for("ready");
  p->terminate(20s);
  CHECK(p->end() == "was killed by signal 15");
}

TEST_CASE("a program that is not there is an end with status 127 and words") {
  const shell s;
  auto p = child_process::start({"no-such-program"}, s.folder.path(), s.output);
  REQUIRE(p);
  CHECK((*p)->wait_for(20s) == "exited with status 127");
  CHECK(s.printed().find("no-such-program") != std::string::npos);
}

TEST_CASE("a folder that is not there is a failure to start") {
  const shell s;
  const auto p = child_process::start({"true"}, s.folder.path() / "nowhere", s.output);
  REQUIRE_FALSE(p);
  CHECK(p.error().message().find("nowhere") != std::string::npos);
}
