// SPDX-License-Identifier: Apache-2.0
//
// Keeps the list of methods in docs/reference/rpc.md what the table of methods says.
//
//   rpc_page write FILE    replaces the list between its two marks
//   rpc_page check FILE    exits 1 if the list is not the table's
#include <alys/domain/api/rpc_methods.hpp>

#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view begin_mark = "<!-- methods: written by rpc_page from the table of methods -->\n";
constexpr std::string_view end_mark = "<!-- end of methods -->\n";

std::string list() {
  std::string text = "| method | params | result | notes |\n|---|---|---|---|\n";
  for (const auto& method : alys::domain::rpc_methods()) {
    text.append("| `").append(method.name).append("` | ").append(method.params).append(" | ").append(method.result).append(" | ");
    text.append(method.notes).append(method.notes.empty() ? "|\n" : " |\n");
  }
  return text;
}

// The page with the list of this build in it; nothing if it lacks the marks.
std::optional<std::string> with_list(std::string page) {
  const auto begin = page.find(begin_mark);
  const auto end = page.find(end_mark);
  if (begin == std::string::npos || end == std::string::npos || end < begin) return std::nullopt;
  const auto from = begin + begin_mark.size();
  return page.replace(from, end - from, list());
}

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

int write(const char* path) {
  const auto page = with_list(read(path));
  if (page) std::ofstream(path, std::ios::binary | std::ios::trunc) << *page;
  else std::cerr << path << ": not there, or without the marks of the list\n";
  return page ? 0 : 1;
}

int check(const char* path) {
  const auto page = read(path);
  if (with_list(page) == page) return 0;
  std::cerr << path << " does not list the methods that there are: write it anew with rpc_page write " << path << '\n';
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "write") return write(argv[2]);
  if (what == "check") return check(argv[2]);
  std::cerr << "usage: rpc_page write FILE | check FILE\n";
  return 2;
}
