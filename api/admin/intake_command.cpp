#include "api/admin/intake_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/client/commands/command_line.h"
#include "api/http_client/http_client.h"

namespace ishi::api {
namespace {

using client::complain;
using client::ServerFlags;
using Json = nlohmann::json;
constexpr int kAllHere = 0, kAttention = 1, kBadUsage = 2, kNoAnswer = 3;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string in_tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// What is wrong with one source, a line each.
std::vector<std::string> complaints_of(const Json& source) {
  std::vector<std::string> lines;
  for (const Json& name : source.at("troubles")) {
    const std::string trouble = name.get<std::string>();
    if (trouble == "late") {
      lines.push_back("late: due " + source.at("due").get<std::string>());
    } else if (trouble == "silent") {
      lines.push_back("silent: " + source.at("missed").dump() + " owed, nothing came");
    } else if (trouble == "gaps") {
      std::string gaps = "gaps: " + source.at("missing_numbers").dump() + " numbers have not arrived:";
      for (const Json& gap : source.at("gaps")) gaps += " " + gap.at("from").dump() + "-" + gap.at("to").dump();
      lines.push_back(std::move(gaps));
    } else if (trouble == "quiet") {
      for (const Json& kind : source.at("quiet"))
        if (kind.at("too_many").get<bool>())
          lines.push_back("quiet: no " + kind.at("kind").get<std::string>() + " since " +
                          kind.at("since").get<std::string>() + ", " + kind.at("days").dump() + " days; about " +
                          in_tenths(kind.at("expected").get<double>()) + " lines were to be expected");
    } else if (trouble == "disagreement") {
      for (const Json& one : source.at("disagreements"))
        lines.push_back("disagreement: " + one.at("kind").get<std::string>() +
                        (one.contains("sequence") ? " number " + one.at("sequence").dump() : std::string()) +
                        " announced " + one.at("announced").dump() + " lines, " + one.at("arrived").dump() +
                        " arrived");
    } else {
      lines.push_back(trouble);
    }
  }
  return lines;
}

std::string source_rows(const Json& source) {
  const std::string name = source.at("source").get<std::string>();
  std::vector<std::string> lines = complaints_of(source);
  if (lines.empty()) lines.push_back("in order");
  std::string rows;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    rows += padded(i == 0 ? name : "", 32) + padded(i == 0 ? source.value("rhythm", "undeclared") : "", 13) +
            padded(i == 0 ? source.value("last_day", "never") : "", 10) + lines[i] + "\n";
  }
  return rows;
}

int fetch(const ServerFlags& server, const std::string& source, bool all, bool json) {
  auto connection = client::connect(server);
  if (!connection) {
    complain(connection.error());
    return kBadUsage;
  }
  client::HttpRequest request;
  request.method = "GET";
  request.target =
      "/v1/intake?" + client::query_string({{"attention", all || !source.empty() ? "" : "true"}, {"source", source}});
  const auto reply = client::send_patiently(**connection, request, client::usual_patience());
  if (!reply || reply->status != 200) {
    complain(reply ? client::error_of(*reply) : reply.error());
    return kNoAnswer;
  }
  const auto report = intake_report(reply->body, all || !source.empty());
  if (!report) {
    complain(Error{ErrorKind::kCorrupt, "answer_unreadable", "the server's answer is no report on sources"});
    return kNoAnswer;
  }
  std::fputs(json ? reply->body.c_str() : report->text.c_str(), stdout);
  return report->attention ? kAttention : kAllHere;
}

}  // namespace

std::optional<IntakeReport> intake_report(const std::string& json, bool all) try {
  const Json answer = Json::parse(json);
  IntakeReport report;
  const auto attention = answer.at("attention_count").get<std::uint64_t>();
  report.attention = attention > 0;
  for (const Json& source : answer.at("sources"))
    if (all || !source.at("troubles").empty()) report.text += source_rows(source);
  if (!report.text.empty())
    report.text = padded("source", 32) + padded("owes", 13) + padded("last batch", 10) + "\n" + report.text;
  report.text += answer.at("sources_count").dump() + " sources as of " + answer.at("as_of").get<std::string>() + ": " +
                 (report.attention ? std::to_string(attention) + " need a person" : std::string("nothing is missing")) +
                 "\n";
  return report;
} catch (const Json::exception&) {
  return std::nullopt;
}

int run_intake(std::span<const std::string> arguments) {
  CLI::App app("ishi audit intake: which sources owe us something?", "ishi audit intake");
  app.footer("Example: ishi audit intake --server https://registry.example --key-file ops.key");
  ServerFlags server;
  std::string source;
  bool all = false, json = false;
  client::add_server_flags(app, server);
  app.footer(
      "Example:\n"
      "  ishi audit intake --server http://127.0.0.1:18080 --key-file .ishi/registry-ops.key --all\n"
      "Exit status: 0 nothing needs a person, 1 something does, 2 usage, 3 no answer.");
  app.add_option("--source", source, "one source, with its days in --json");
  app.add_flag("--all", all, "those in order too");
  app.add_flag("--json", json, "the server's answer as it is");
  std::vector<std::string> reversed(arguments.begin(), arguments.end());
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kAllHere : kBadUsage;
  }
  return fetch(server, source, all, json);
}

}  // namespace ishi::api
