// SPDX-License-Identifier: Apache-2.0
// A lesson as data: what a student is asked, the runs that answer, and every figure that the text may say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host_runtime/lab/value.h"

namespace nnp::lab {

/// A call of nnpsim in the lesson's folder; its JSON is what expressions read.
struct Run {
  std::string key;
  std::string command;                 // "run gemm.csv --chip array.toml", as a student types it
  std::vector<std::string> arguments;  // its words, quotes taken off
};

/// A figure that the lesson's text says.
struct Fact {
  std::string key, expression;
  Value value;  // what the expression has with the lesson's own files
};

struct Question {
  std::string key, ask, unit;
  std::string expression;
  Value value;
  double within = 0;                 // how far off a right number may be, relative
  std::vector<std::string> choices;  // of a word
  std::string why;                   // told with the verdict
};

/// A place in the report page of a trace.
struct Look {
  std::string key;
  std::string trace;  // "one.npt", written by a run
  std::string view;   // what stands behind the # of the page's address
  std::string shows;  // what is to be seen there
};

struct File {
  std::string name, content;
};

struct Lesson {
  std::string name;  // of its folder: "01-one-mac"
  std::string title, question;
  int minutes = 0;
  std::vector<Run> runs;
  std::vector<Fact> facts;
  std::vector<Question> questions;
  std::vector<Look> looks;
  std::vector<std::string> given;  // numbers that the text says and that are no results
  std::vector<File> files;         // all that lie in its folder

  const Question* find_question(std::string_view key) const;
};

/// The lesson that these files are; one of them is lesson.toml. Throws LessonError with file and line.
Lesson read_lesson(std::string name, std::vector<File> files);

/// The words of a command line; "..." holds blanks together.
std::vector<std::string> words_of(std::string_view command);

}  // namespace nnp::lab
