package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What the facade offers is documented, and its types are null-marked. */
class DocumentedTest {
  /** Made by the compiler or known to everybody. */
  private static final Set<String> SILENT =
      Set.of("toString", "equals", "hashCode", "values", "valueOf");

  private final Set<String> undocumented = new TreeSet<>();
  private int seen;

  @Test
  void everythingPublicHasAComment() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      List<Path> java =
          sources.filter(file -> file.toString().endsWith(".java")).toList();
      JavacTask task = (JavacTask) compiler.getTask(
          null,
          files,
          null,
          List.of("-proc:none", "-Xlint:none", "-cp", System.getProperty("java.class.path")),
          null,
          files.getJavaFileObjectsFromPaths(java));
      DocTrees trees = DocTrees.instance(task);
      task.analyze().forEach(element -> look(element, trees));
    }
    assertEquals(Set.of(), undocumented);
    assertTrue(seen > 100, () -> "only " + seen + " elements were looked at");
  }

  @Test
  void thePackageIsNullMarked() {
    assertTrue(Muster.class.getPackage().isAnnotationPresent(NullMarked.class));
  }

  private void look(Element element, DocTrees trees) {
    if (!isOffered(element)) return;
    seen++;
    DocCommentTree comment = trees.getDocCommentTree(element);
    boolean inherits = element.getAnnotation(Override.class) != null;
    if (comment == null && !inherits && !SILENT.contains(element.getSimpleName().toString())) {
      undocumented.add(element.getEnclosingElement() + "." + element);
    }
    if (element instanceof TypeElement type) {
      for (Element member : type.getEnclosedElements()) look(member, trees);
    }
  }

  private static boolean isOffered(Element element) {
    boolean visible = element.getModifiers().contains(Modifier.PUBLIC)
        || element.getModifiers().contains(Modifier.PROTECTED);
    return visible && element.getKind() != ElementKind.PACKAGE;
  }
}
