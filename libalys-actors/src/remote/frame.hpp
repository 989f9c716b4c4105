// SPDX-License-Identifier: Apache-2.0
//
// What nodes say to each other: one frame is one CAF message that holds one string. docs/adr has the why of it. Reading is total, and
// bounded by what was read.
#pragma once

#include <alys/actors/detail/wire.hpp>
#include <alys/actors/header.hpp>

#include <optional>
#include <span>
#include <variant>

namespace alys::detail {

inline constexpr std::uint16_t wire_version = 1;

// From who connects. The other side answers `welcome` or `goodbye`.
struct hello_frame {
  std::uint16_t version = wire_version;
  std::string name;
};
struct welcome_frame {
  std::string name;
  std::uint64_t max_frame = 0; // bytes that it takes
};
struct goodbye_frame {
  error why;
};
// A message for what is published under `target`, or for the child "#<number>".
struct message_frame {
  std::uint64_t number = 0; // the sender's; its answer carries it
  bool asked = false;
  std::string target;
  std::string type;
  std::uint64_t shape = 0;
  std::uint64_t correlation = 0;
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t trace_flags = 0;
  std::string sender; // "alpha/root/teller"; empty if unknown
  std::string payload;
};
// To a message that was asked: its answer. To another: that it was taken, or why not.
struct answer_frame {
  std::uint64_t number = 0;
  error why;           // no error: `payload` holds the reply
  std::string payload; // empty for a message that was not asked
};
// Starts a child from an offered template, under a number of its owner's.
struct spawn_frame {
  std::uint64_t child = 0;
  std::string offer;
  std::uint64_t shape = 0; // of its config
  std::string config;
};
struct spawned_frame {
  std::uint64_t child = 0;
};
struct stop_frame {
  std::uint64_t child = 0;
};
// The child has ended, or never was: the last that is said of it.
struct ended_frame {
  std::uint64_t child = 0;
  error why; // none for an end in order
};

using frame = std::variant<hello_frame, welcome_frame, goodbye_frame, message_frame, answer_frame, spawn_frame, spawned_frame, stop_frame,
                           ended_frame>;

[[nodiscard]] std::string write_frame(const frame& f);
// Gives a message_frame that was written another number.
void number_frame(std::string& written, std::uint64_t number);
// Codes of errors are known by their enum's name: those of `domains`, besides the library's own. Of others the text names them.
[[nodiscard]] std::optional<frame> read_frame(std::string_view bytes, std::span<const code_domain* const> domains);

} // namespace alys::detail
