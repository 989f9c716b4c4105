// SPDX-License-Identifier: Apache-2.0
#include "logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace alysd {

namespace {

[[nodiscard]] spdlog::level::level_enum level_of(alys::log_level level) noexcept {
  switch (level) {
    case alys::log_level::debug: return spdlog::level::debug;
    case alys::log_level::info: return spdlog::level::info;
    case alys::log_level::warning: return spdlog::level::warn;
    case alys::log_level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

[[nodiscard]] spdlog::level::level_enum level_named(const std::string& name) noexcept {
  if (name == "debug") return spdlog::level::debug;
  if (name == "warning") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return spdlog::level::info;
}

[[nodiscard]] std::string as_json(alys::log_level level, std::string_view line) {
  const nlohmann::json object{{"level", alys::to_string(level)}, {"message", line}};
  const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return text.substr(1, text.size() - 2);
}

} // namespace

node_log make_log(const log_config& config) {
  const bool human = config.format == "human" || (config.format == "automatic" && ::isatty(STDERR_FILENO) == 1);
  auto logger = std::make_shared<spdlog::logger>("alysd", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(level_named(config.level));
  logger->set_pattern(human ? "%H:%M:%S.%e %^%l%$ %v" : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})",
                      human ? spdlog::pattern_time_type::local : spdlog::pattern_time_type::utc);
  return {[logger, human](alys::log_level level, std::string_view line) {
            if (human) logger->log(level_of(level), "{}", line);
            else if (logger->should_log(level_of(level))) logger->log(level_of(level), "{}", as_json(level, line));
          },
          [logger](const std::string& level) { logger->set_level(level_named(level)); }};
}

} // namespace alysd
