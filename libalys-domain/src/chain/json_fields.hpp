// SPDX-License-Identifier: Apache-2.0
//
// The members of a JSON document, read one by one into what they must be; everything that is wrong is collected with line, key and value.
#pragma once

#include <alys/actors/result.hpp>
#include <alys/domain/api/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alys::domain {

// The lines, from 1, of all values of a document that read_json takes, by path: "retargetParams.bits", "authorities[2]".
[[nodiscard]] std::map<std::string, std::size_t> json_lines(std::string_view document);

class json_fields {
public:
  // `document` was read from `text`; both outlive this.
  json_fields(std::string_view text, const json_value& document, std::string_view name);

  // The member at a path of names; a missing one, or one of another kind, is noted, with what it must be.
  [[nodiscard]] std::uint64_t number(const std::string& path, std::uint64_t most);
  [[nodiscard]] bool flag(const std::string& path);
  // The bytes of each text in a list, all of this length; with or without 0x.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> byte_strings(const std::string& path, std::size_t length, std::string_view what);
  // Notes every member of this object (the document: "") that is not among the names.
  void only(const std::string& path, const std::vector<std::string_view>& names);

  [[nodiscard]] bool has(const std::string& path) const { return find(path) != nullptr; }
  void refuse(const std::string& path, const std::string& why);
  [[nodiscard]] bool good() const noexcept { return problems_.empty(); }
  // One problem a line, in the order of the document.
  [[nodiscard]] std::string problems() const;
  // "chain.json:3: key = value", as in a problem.
  [[nodiscard]] std::string place(const std::string& path) const;

private:
  [[nodiscard]] const json_value* find(std::string_view path) const;
  [[nodiscard]] const json_value* wanted(const std::string& path, const std::string& must_be);
  [[nodiscard]] std::size_t line(std::string path) const;

  const json_value& document_;
  std::string name_;
  std::map<std::string, std::size_t> lines_;
  std::multimap<std::size_t, std::string> problems_; // by line
};

} // namespace alys::domain
