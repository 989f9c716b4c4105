// SPDX-License-Identifier: Apache-2.0
//
// The rules: alysd -> domain -> actors -> CAF, and within the domain adapter -> actor -> rules.
#include "layers/include_rules.hpp"

#include <filesystem>
#include <optional>
#include <regex>
#include <sstream>

namespace layers {
namespace {

struct rule {
  std::regex files;     // whom it binds, by path
  std::regex forbidden; // what they must not include, as written between <> or ""
  std::string words;
};

// A header of the standard library has neither a slash nor a suffix in its name.
const std::vector<rule>& direct_rules() {
  static const std::vector<rule> all{
      {std::regex{"^(?!libalys-actors/src/(caf|remote)/|libalys-actors/include/alys/actors/caf\\.hpp$).*"}, std::regex{"^caf/.*"},
       "only libalys-actors/src/caf, libalys-actors/src/remote and <alys/actors/caf.hpp> know CAF"},
      {std::regex{"^libalys-actors/.*"}, std::regex{"^alys/(domain|chain)/.*"}, "the actors library knows nothing of what is built on it"},
      {std::regex{"^libalys-actors/src/(?!http/|leveldb/|otlp/|prometheus/|toml/|webhook/).*"},
       std::regex{"^(boost|nlohmann|leveldb|google|grpcpp|toml\\+\\+|prometheus|spdlog|secp256k1|cryptopp).*"},
       "the actors library needs CAF and fmt only; what needs more is a component in a folder of its own"},
      {std::regex{"^(libalys-actors/(include|src)|libalys-domain|apps)/.*"}, std::regex{"^alys/testkit(/.*|\\.hpp)"},
       "no product code needs the test kit"},
      {std::regex{"^libalys-actors/(testkit/)?include/(?!alys/actors/caf\\.hpp$).*"},
       std::regex{"^(?!alys/(actors|testkit)(/|\\.hpp$)|[a-z0-9_]+$).*"},
       "public headers of the actors library include the standard library and each other"},
      {std::regex{"^libalys-domain/include/.*"}, std::regex{"^(?!alys/(actors|domain)(/|\\.hpp$)|boost/multiprecision/|[a-z0-9_]+$).*"},
       "public headers of the domain include the standard library, Boost.Multiprecision, the actors library and each other"},
  };
  return all;
}

// What a rule of the domain, or anything that it includes, must not include: actors, outside systems, threads and files.
const rule& pure() {
  static const rule it{
      std::regex{"^libalys-domain/.*"},
      std::regex{
          "^(alys/actors(\\.hpp|/(?!(error|result)\\.hpp$).*)|(?!alys/|boost/multiprecision/|secp256k1|cryptopp/|nlohmann/"
          "|string\\.h$|[a-z0-9_]+(\\.hpp)?$).*"
          "|fstream|iostream|filesystem|thread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|latch|barrier|random)$"},
      "rules are pure: of the actors library error.hpp and result.hpp, no I/O, no threads"};
  return it;
}

// What may be against the letter of a rule, and why.
bool permitted(const std::string& file, const std::string& include) {
  // Random numbers blind the curve context against side channels; no signature or verdict depends on them.
  return file == "libalys-domain/src/aura/signing.cpp" && include == "sys/random.h";
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex line{"^[ \\t]*#[ \\t]*include[ \\t]*[<\"]([^>\"]+)[>\"].*"};
  std::vector<std::string> found;
  std::istringstream lines{text};
  std::smatch match;
  for (std::string each; std::getline(lines, each);) {
    if (std::regex_match(each, match, line)) found.push_back(match[1]);
  }
  return found;
}

// The file of the tree that an include means, if it is one of ours.
std::optional<std::string> resolve(const tree& files, const std::string& includer, const std::string& include) {
  const std::string beside = (std::filesystem::path{includer}.parent_path() / include).lexically_normal().string();
  for (const std::string& candidate :
       {beside, "libalys-actors/include/" + include, "libalys-actors/testkit/include/" + include, "libalys-domain/include/" + include,
        "libalys-domain/src/" + include, "libalys-actors/src/" + include}) {
    if (files.contains(candidate)) return candidate;
  }
  return std::nullopt;
}

// The headers that go with a source: the public and the private one of the same area and name.
std::set<std::string> headers_of(const std::set<std::string>& sources) {
  std::set<std::string> found;
  for (const std::string& source : sources) {
    const std::filesystem::path path{source};
    const auto header = path.stem().concat(".hpp");
    found.insert((path.parent_path() / header).string());
    found.insert((std::filesystem::path{"libalys-domain/include/alys/domain"} / path.parent_path().filename() / header).string());
  }
  return found;
}

// Follows includes from a set of sources and judges each of them on the way.
class walk {
public:
  walk(const tree& files, std::vector<std::string>& found) : files_(files), found_(found) {}

  // Nothing reached from `sources` may be one of `headers`; what is reached in the files that `also` binds must keep that rule too.
  void from(const std::set<std::string>& sources, const std::set<std::string>& headers, const std::string& words, const rule* also) {
    std::set<std::string> seen;
    std::vector<std::string> open(sources.begin(), sources.end());
    while (!open.empty()) {
      const std::string file = open.back();
      open.pop_back();
      const auto text = files_.find(file);
      if (text == files_.end() || !seen.insert(file).second) continue;
      for (const std::string& include : includes_of(text->second)) {
        const auto target = resolve(files_, file, include);
        if (target && headers.contains(*target)) report(file, include, words);
        if (also != nullptr && std::regex_match(file, also->files) && std::regex_match(include, also->forbidden))
          report(file, include, also->words);
        if (target && !headers.contains(*target)) open.push_back(*target);
      }
    }
  }

  void direct(const rule& each) {
    for (const auto& [file, text] : files_) {
      if (!std::regex_match(file, each.files)) continue;
      for (const std::string& include : includes_of(text)) {
        if (std::regex_match(include, each.forbidden)) report(file, include, each.words);
      }
    }
  }

private:
  void report(const std::string& file, const std::string& include, const std::string& words) {
    if (!permitted(file, include)) found_.push_back(file + ": " + include + ": " + words);
  }

  const tree& files_;
  std::vector<std::string>& found_;
};

} // namespace

std::vector<std::string> violations(const tree& files, const domain_sources& kinds) {
  std::vector<std::string> found;
  walk judge{files, found};
  for (const rule& each : direct_rules()) judge.direct(each);

  const auto adapters = headers_of(kinds.adapters);
  auto above_rules = headers_of(kinds.actors);
  above_rules.insert(adapters.begin(), adapters.end());
  judge.from(kinds.rules, above_rules, "rules know no actor and no adapter", &pure());
  judge.from(kinds.actors, adapters, "actors get ports and know no adapter", nullptr);
  return found;
}

} // namespace layers
