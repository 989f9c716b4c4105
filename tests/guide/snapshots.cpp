// SPDX-License-Identifier: Apache-2.0
#include <alys/actors.hpp>
#include <alys/actors/leveldb.hpp>

#include <iostream>

using namespace std::chrono_literals;

struct read_next { using reply = std::uint64_t; };
struct stumble { using reply = void; };
ALYS_MESSAGE(read_next)
ALYS_MESSAGE(stumble)

struct position {
  static constexpr std::uint32_t version = 1;
  std::uint64_t line = 0;
};
ALYS_CONFIG(position, line)

class reader final : public alys::actor<reader> {
public:
  using messages = alys::accepts<read_next, stumble>;
  explicit reader(std::shared_ptr<alys::snapshot_store> store) : kept_(std::move(store), path()) {}
  alys::result<void> initialize() {
    auto found = kept_.load();
    if (!found) return found.error(); // damaged, of a newer program, of another actor: it does not start with a guess
    at_ = found->value_or(position{});
    return {};
  }
  alys::result<std::uint64_t> handle(const read_next&) {
    if (auto saved = kept_.save({at_.line + 1}); !saved) return saved.error(); // first durable, then true
    return ++at_.line;
  }
  void handle(const stumble&) { throw std::runtime_error("stumbled"); }

private:
  alys::snapshot<position> kept_;
  position at_;
};

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "alys-guide-snapshots";
  std::filesystem::remove_all(folder);
  for (int run = 1; run <= 2; ++run) {
    auto store = alys::open_leveldb_snapshots(folder).value();
    alys::supervisor_spec root{"root"};
    auto lines = root.child<reader>("reader", {}, {}, store);
    auto system = alys::system::start(root, {.log = alys::log_to_nowhere()});
    std::cout << "run " << run << ": line " << system.ask(lines, read_next{}, 5s).value();
    (void)system.ask(lines, stumble{}, 5s);
    std::cout << ", and after a restart line " << system.ask(lines, read_next{}, 5s).value() << '\n';
  }
  std::filesystem::remove_all(folder);
}
