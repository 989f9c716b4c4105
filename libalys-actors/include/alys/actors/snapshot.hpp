// SPDX-License-Identifier: Apache-2.0
//
// A small state that outlives its actor: saved as a whole or not at all, and read back in initialize(). For counters, cursors and settings
// that an actor cannot ask anybody for; what is large, or must change together with something else, belongs into a database.
//
// Where snapshots are is a port, snapshot_store: in memory (testkit), in LevelDB (component actors_leveldb), or your own. A snapshot knows
// which state of which actor it is and of which version. One of another actor, of a newer version, or a damaged one is an error and never a
// state. An older version is read if the state says how: `using previous = state_v1;` and `static state upgrade(state_v1&&)`.
//
// ```cpp
// #include <alys/actors/actor.hpp>
//
// struct add { using reply = std::uint64_t; std::uint64_t amount = 0; };
// ALYS_MESSAGE(add, amount)
// struct counted {
//   static constexpr std::uint32_t version = 1;
//   std::uint64_t sum = 0;
// };
// ALYS_CONFIG(counted, sum)
//
// class counter final : public alys::actor<counter> {
// public:
//   using messages = alys::accepts<add>;
//   explicit counter(std::shared_ptr<alys::snapshot_store> store) : kept_(std::move(store), path()) {}
//   alys::result<void> initialize() {
//     auto found = kept_.load();
//     if (!found) return found.error();
//     state_ = found->value_or(counted{});
//     return {};
//   }
//   alys::result<std::uint64_t> handle(const add& a) {
//     counted next{state_.sum + a.amount};
//     if (auto saved = kept_.save(next); !saved) return saved.error(); // what was answered is never forgotten
//     state_ = next;
//     return state_.sum;
//   }
//
// private:
//   alys::snapshot<counted> kept_;
//   counted state_;
// };
// ```
#pragma once

#include <alys/actors/config.hpp>
#include <alys/actors/detail/wire.hpp>
#include <alys/actors/error.hpp>
#include <alys/actors/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alys {

// Why there is no snapshot to be had, or none was taken.
enum class snapshot_error : std::uint8_t {
  none,
  damaged,       // its bytes are not what was written: corruption
  of_another,    // it was taken by another actor, or of another state
  newer_version, // a later program wrote it
  older_version, // an earlier program wrote it, and the state does not say how to read that
  other_fields,  // of this version, but the fields differ: they were changed without a new version
  too_large,     // beyond max_snapshot
};
constexpr classification alys_classify(snapshot_error what) noexcept {
  switch (what) {
    case snapshot_error::damaged: return {category::corruption, severity::critical};
    case snapshot_error::too_large: return {category::resource};
    default: return {category::configuration, severity::critical};
  }
}
ALYS_ERRORS(snapshot_error, damaged, of_another, newer_version, older_version, other_fields, too_large)

// The largest snapshot, in bytes.
inline constexpr std::size_t max_snapshot = 1'048'576;

// Port: where snapshots are kept. Thread-safe. May block for as long as the medium takes; an actor that saves often runs on a thread of its own.
class snapshot_store {
public:
  snapshot_store() = default;
  snapshot_store(const snapshot_store&) = delete;
  snapshot_store& operator=(const snapshot_store&) = delete;
  virtual ~snapshot_store() = default;

  // Nothing: there is none under this key.
  [[nodiscard]] virtual result<std::optional<std::string>> read(std::string_view key) const = 0;
  // Durable when it returns. If it fails, or the process ends meanwhile, the old one or the new one is there, as a whole.
  [[nodiscard]] virtual result<void> write(std::string_view key, std::string_view bytes) = 0;
  // Does nothing if there is none.
  [[nodiscard]] virtual result<void> erase(std::string_view key) = 0;
};

namespace detail {

// What stands in front of a state's bytes, checked.
struct snapshot_record {
  std::uint32_t version = 0;
  std::uint64_t shape = 0;
  std::string_view content;
};
[[nodiscard]] std::string write_snapshot(std::string_view owner, std::string_view state, const snapshot_record& record);
[[nodiscard]] result<snapshot_record> read_snapshot(std::string_view owner, std::string_view state, std::string_view bytes);
[[nodiscard]] error snapshot_problem(snapshot_error what, std::string_view owner, std::string text);

template <class State>
[[nodiscard]] constexpr std::uint32_t snapshot_version() noexcept {
  if constexpr (requires { State::version; }) return State::version;
  else return 1;
}

// The states that this one knows how to read, itself first.
template <class State>
[[nodiscard]] result<State> decode_snapshot(std::string_view owner, const snapshot_record& record) {
  constexpr std::uint32_t mine = snapshot_version<State>();
  const std::string versions = "version " + std::to_string(record.version) + ", and this program knows " + std::to_string(mine);
  if (record.version > mine) return snapshot_problem(snapshot_error::newer_version, owner, versions);
  if (record.version < mine) {
    if constexpr (requires { typename State::previous; }) {
      static_assert(snapshot_version<typename State::previous>() < mine,
                    "alys: a state's version must be higher than that of its 'previous'");
      auto older = decode_snapshot<typename State::previous>(owner, record);
      if (!older) return older.error();
      return State::upgrade(std::move(*older));
    } else {
      return snapshot_problem(snapshot_error::older_version, owner, versions);
    }
  }
  if (record.shape != shape_of<State>())
    return snapshot_problem(snapshot_error::other_fields, owner,
                            "the fields of " + std::string{type_name<State>()} + " were changed without a new version");
  State state{};
  wire_reader from{record.content};
  if (!wire_form<State>::read(from, state) || !from.at_end())
    return snapshot_problem(snapshot_error::damaged, owner, "its content is not a " + std::string{type_name<State>()});
  return state;
}

template <class State>
[[nodiscard]] constexpr std::string_view snapshot_name() noexcept {
  if constexpr (requires { typename State::previous; }) return snapshot_name<typename State::previous>(); // the first one's, for ever
  else return type_name<State>();
}

} // namespace detail

// One state of one actor in a store. Not thread-safe: its actor's.
template <reflected State>
class snapshot {
public:
  // `owner` names whose it is, and stays the same over restarts: path(). Throws std::invalid_argument without a store or an owner.
  snapshot(std::shared_ptr<snapshot_store> store, std::string owner) : store_(std::move(store)), owner_(std::move(owner)) {
    if (!store_ || owner_.empty()) throw std::invalid_argument("alys: a snapshot needs a store and the name of its owner");
  }

  // The last state that was saved; nothing before the first. Errors: those of the store, and snapshot_error.
  [[nodiscard]] result<std::optional<State>> load() const {
    auto bytes = store_->read(owner_);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<State>{};
    const auto record = detail::read_snapshot(owner_, detail::snapshot_name<State>(), **bytes);
    if (!record) return record.error();
    auto state = detail::decode_snapshot<State>(owner_, *record);
    if (!state) return state.error();
    return std::optional<State>{std::move(*state)};
  }
  // Durable when it returns. Costs what the store's write costs: with LevelDB a wait for the disk.
  [[nodiscard]] result<void> save(const State& state) {
    detail::wire_writer to;
    detail::wire_form<State>::write(to, state);
    const std::string content = to.take();
    if (content.size() > max_snapshot)
      return detail::snapshot_problem(snapshot_error::too_large, owner_,
                                      std::to_string(content.size()) + " bytes; at most " + std::to_string(max_snapshot));
    return store_->write(owner_, detail::write_snapshot(owner_, detail::snapshot_name<State>(),
                                                        {detail::snapshot_version<State>(), detail::shape_of<State>(), content}));
  }
  // As if nothing had ever been saved.
  [[nodiscard]] result<void> clear() { return store_->erase(owner_); }

private:
  std::shared_ptr<snapshot_store> store_;
  std::string owner_;
};

} // namespace alys
