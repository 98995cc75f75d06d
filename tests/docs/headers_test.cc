// Rules for the headers of the library that no compiler checks.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

namespace refrain {
namespace {

namespace fs = std::filesystem;

// Two classes of one name in one namespace are undefined behaviour, even if no source includes both of their headers.
TEST(HeadersTest, NoTypeIsDefinedTwice) {
  const std::regex definition(R"(^(?:class|struct|enum class) (\w+)(?: final)?(?: :[^;]*)? \{.*$)");
  std::map<std::string, std::string> headers;  // by type
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(REFRAIN_SOURCE_DIR) / "lib" / "refrain")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (!std::regex_match(line, match, definition)) continue;
      const auto [first, inserted] = headers.try_emplace(match[1], entry.path());
      EXPECT_TRUE(inserted) << match[1] << " in " << entry.path() << " and in " << first->second;
    }
  }
  EXPECT_GT(headers.size(), 100U);
}

}  // namespace
}  // namespace refrain
