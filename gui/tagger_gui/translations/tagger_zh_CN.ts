<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About tagger</source>
   <translation>关于 tagger</translation>
  </message>
  <message>
   <source>Captions and tags for photos, made on this computer. Nothing is sent anywhere.
Apache License 2.0</source>
   <translation>为照片生成说明和标签，全部在本机完成，不发送任何内容。
Apache 许可证 2.0</translation>
  </message>
  <message>
   <source>Licences</source>
   <translation>许可证</translation>
  </message>
 </context>
 <context>
  <name>BatchBar</name>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Approve all</source>
   <translation>全部批准</translation>
  </message>
  <message>
   <source>Approve from {share}% on</source>
   <translation>批准 {share}% 及以上</translation>
  </message>
  <message>
   <source>Caption again</source>
   <translation>重新生成说明</translation>
  </message>
  <message>
   <source>Everything that was ever written by this program; what you approved stays</source>
   <translation>本程序写入过的所有内容；您批准过的会保留</translation>
  </message>
  <message>
   <source>How sure a caption has to be, in percent a word</source>
   <translation>说明需要的把握程度（每个词的百分比）</translation>
  </message>
  <message>
   <source>One tag in all of them, which approves them</source>
   <translation>为全部照片加一个标签，同时批准它们</translation>
  </message>
  <message>
   <source>Reject all</source>
   <translation>全部拒绝</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Tag to add</source>
   <translation>要添加的标签</translation>
  </message>
  <message>
   <source>Tag to remove</source>
   <translation>要移除的标签</translation>
  </message>
  <message>
   <source>Take our words out</source>
   <translation>移除我们写入的文字</translation>
  </message>
  <message>
   <source>Undo last change</source>
   <translation>撤销最近的更改</translation>
  </message>
  <message>
   <source>With the model and the settings of now; what is up to date, or decided by you, stays</source>
   <translation>使用当前的模型和设置；已是最新的或由您决定过的保持不变</translation>
  </message>
 </context>
 <context>
  <name>CaptionEdit</name>
  <message>
   <source>Caption</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>Enter approves, Escape takes back what was typed</source>
   <translation>回车批准，Esc 放弃输入</translation>
  </message>
  <message>
   <source>No caption</source>
   <translation>没有说明</translation>
  </message>
 </context>
 <context>
  <name>CaptionEditor</name>
  <message>
   <source>Other captions</source>
   <translation>其他说明</translation>
  </message>
 </context>
 <context>
  <name>Chip</name>
  <message>
   <source>of unknown probability</source>
   <translation>概率未知</translation>
  </message>
  <message>
   <source>{path}: added by you. Delete removes it.</source>
   <translation>{path}：由您添加。按 Delete 移除。</translation>
  </message>
  <message>
   <source>{path}: left out. Space takes it back in.</source>
   <translation>{path}：已去掉。按空格恢复。</translation>
  </message>
  <message>
   <source>{path}: {score}, not sure enough. Space adds it.</source>
   <translation>{path}：{score}，把握不足。按空格添加。</translation>
  </message>
  <message>
   <source>{path}: {score}. Delete leaves it out.</source>
   <translation>{path}：{score}。按 Delete 去掉。</translation>
  </message>
 </context>
 <context>
  <name>ChoiceButton</name>
  <message>
   <source>probability {share}</source>
   <translation>概率 {share}</translation>
  </message>
 </context>
 <context>
  <name>CompareDialog</name>
  <message>
   <source>Nothing was written.</source>
   <translation>未写入任何内容。</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Two models on the same photos</source>
   <translation>两个模型对相同照片的结果</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} / {total}</translation>
  </message>
 </context>
 <context>
  <name>DecisionBar</name>
  <message>
   <source>Approve</source>
   <translation>批准</translation>
  </message>
  <message>
   <source>Approved</source>
   <translation>已批准</translation>
  </message>
  <message>
   <source>Forget what you changed here</source>
   <translation>放弃您在此处的更改</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>还原</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>This is wrong: take it out, and do not caption this photo again</source>
   <translation>这不对：移除说明，并且不再为此照片生成说明</translation>
  </message>
  <message>
   <source>Write it into the photo, approved: no model changes it any more</source>
   <translation>写入照片并标为已批准：任何模型都不会再更改</translation>
  </message>
 </context>
 <context>
  <name>FailuresDialog</name>
  <message>
   <source>Copy the list</source>
   <translation>复制列表</translation>
  </message>
  <message>
   <source>Nothing was changed in these photos. The others are done.</source>
   <translation>这些照片未作任何更改。其余照片已完成。</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>What failed</source>
   <translation>失败的照片</translation>
  </message>
  <message>
   <source>Why, and what to do</source>
   <translation>原因和处理办法</translation>
  </message>
 </context>
 <context>
  <name>FieldChanges</name>
  <message>
   <source>Approving writes this; nothing else in the file changes.</source>
   <translation>批准后写入这些内容；文件中的其他内容不变。</translation>
  </message>
  <message>
   <source>The file holds all of it already: nothing would be written.</source>
   <translation>文件中已有全部内容：不会写入任何内容。</translation>
  </message>
  <message>
   <source>This photo has no caption yet: nothing would be written.</source>
   <translation>此照片还没有说明：不会写入任何内容。</translation>
  </message>
  <message>
   <source>What would be written</source>
   <translation>将要写入的内容</translation>
  </message>
  <message>
   <source>and our own record of it</source>
   <translation>以及我们自己的记录</translation>
  </message>
  <message>
   <source>then: {text}</source>
   <translation>之后：{text}</translation>
  </message>
  <message>
   <source>today: {text}</source>
   <translation>现在：{text}</translation>
  </message>
 </context>
 <context>
  <name>Filters</name>
  <message>
   <source>&lt;b&gt;dog beach&lt;/b&gt; both words, as beginnings&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; these words in this order&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; either&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; without it&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; with the tag, or one below it&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; in the path&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; when it was taken&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; captions that the model was unsure of</source>
   <translation>&lt;b&gt;dog beach&lt;/b&gt; 两个词都有，按词首匹配&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; 这些词按此顺序&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; 任一个&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; 不含该词&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; 有此标签或其下级标签&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; 路径中&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; 拍摄时间&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; 模型没有把握的说明</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>清除</translation>
  </message>
  <message>
   <source>Find a tag</source>
   <translation>查找标签</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Search captions and tags</source>
   <translation>搜索说明和标签</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>显示所有照片</translation>
  </message>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>拍摄时间</translation>
  </message>
  <message>
   <source>Taken since, as 2024, 2024-05 or 2024-05-31</source>
   <translation>拍摄不早于，例如 2024、2024-05 或 2024-05-31</translation>
  </message>
  <message>
   <source>Taken until, as 2024, 2024-05 or 2024-05-31</source>
   <translation>拍摄不晚于，例如 2024、2024-05 或 2024-05-31</translation>
  </message>
  <message>
   <source>from 2023</source>
   <translation>从 2023</translation>
  </message>
  <message>
   <source>to 2024-05</source>
   <translation>到 2024-05</translation>
  </message>
  <message>
   <source>write 2024, 2024-05 or 2024-05-31</source>
   <translation>请写成 2024、2024-05 或 2024-05-31</translation>
  </message>
  <message>
   <source>{date} is no date</source>
   <translation>{date} 不是日期</translation>
  </message>
 </context>
 <context>
  <name>FinishingDialog</name>
  <message numerus="yes">
   <source>%n still to be written</source>
   <translation>
    <numerusform>还有 %n 项待写入</numerusform>
   </translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>不退出</translation>
  </message>
  <message>
   <source>Finishing</source>
   <translation>正在收尾</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>已完成的照片</translation>
  </message>
  <message>
   <source>Quit now, leave the rest undecided</source>
   <translation>立即退出，其余的不作决定</translation>
  </message>
  <message>
   <source>What you decided is being written.</source>
   <translation>正在写入您所作的决定。</translation>
  </message>
  <message>
   <source>tagger closes by itself when it is done.</source>
   <translation>完成后 tagger 会自动关闭。</translation>
  </message>
 </context>
 <context>
  <name>FolderTree</name>
  <message>
   <source>All folders</source>
   <translation>所有文件夹</translation>
  </message>
 </context>
 <context>
  <name>Inspector</name>
  <message>
   <source>Changes</source>
   <translation>更改</translation>
  </message>
  <message>
   <source>Choose a photo to see what is said of it.</source>
   <translation>选择一张照片，查看它的说明。</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详细信息</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>此照片还没有说明。</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>文字</translation>
  </message>
 </context>
 <context>
  <name>JobStrip</name>
  <message numerus="yes">
   <source> (%n more waiting)</source>
   <translation>
    <numerusform>（还有 %n 项任务在等待）</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n failed</source>
   <translation>
    <numerusform>%n 张失败</numerusform>
   </translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>已完成的照片</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Show what failed</source>
   <translation>显示失败的照片</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>nothing to do</source>
   <translation>无事可做</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} / {total}</translation>
  </message>
  <message>
   <source>{job}: could not go on</source>
   <translation>{job}：无法继续</translation>
  </message>
  <message>
   <source>{job}: done</source>
   <translation>{job}：完成</translation>
  </message>
  <message>
   <source>{job}: paused</source>
   <translation>{job}：已暂停</translation>
  </message>
  <message>
   <source>{job}: stopped; start again to do what is left</source>
   <translation>{job}：已停止；重新开始即可完成其余部分</translation>
  </message>
  <message>
   <source>{job}: stopping, the photos in hand are finished</source>
   <translation>{job}：正在停止，手头的照片会先完成</translation>
  </message>
 </context>
 <context>
  <name>LibraryBar</name>
  <message numerus="yes">
   <source>%n not saved</source>
   <translation>
    <numerusform>%n 张未保存</numerusform>
   </translation>
  </message>
  <message>
   <source>1 photo</source>
   <translation>1 张照片</translation>
  </message>
  <message>
   <source>Back to all</source>
   <translation>返回全部</translation>
  </message>
  <message>
   <source>Compare {count} more</source>
   <translation>再比较 {count} 张</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>把握程度</translation>
  </message>
  <message>
   <source>Date captioned</source>
   <translation>说明日期</translation>
  </message>
  <message>
   <source>Date taken</source>
   <translation>拍摄日期</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Photos with changes that you typed and did not save; they are kept</source>
   <translation>您输入过但未保存修改的照片；修改会保留</translation>
  </message>
  <message>
   <source>Reverse order</source>
   <translation>倒序</translation>
  </message>
  <message>
   <source>Size of the pictures</source>
   <translation>图片大小</translation>
  </message>
  <message>
   <source>Size of the pictures (Ctrl and the mouse wheel)</source>
   <translation>图片大小（Ctrl 加鼠标滚轮）</translation>
  </message>
  <message>
   <source>Sort by</source>
   <translation>排序方式</translation>
  </message>
  <message>
   <source>The model has to look at each of them once</source>
   <translation>模型需要把每张照片看一遍</translation>
  </message>
  <message>
   <source>changed and not saved</source>
   <translation>已修改但未保存</translation>
  </message>
  <message>
   <source>similar to {name}</source>
   <translation>与 {name} 相似</translation>
  </message>
  <message>
   <source>{count} photos</source>
   <translation>{count} 张照片</translation>
  </message>
  <message>
   <source>{photos}, {count} selected</source>
   <translation>{photos}，已选 {count} 张</translation>
  </message>
 </context>
 <context>
  <name>LibrarySession</name>
  <message>
   <source>Captioning</source>
   <translation>正在生成说明</translation>
  </message>
  <message>
   <source>Doing again</source>
   <translation>正在重做</translation>
  </message>
  <message>
   <source>Taking off the list</source>
   <translation>正在从列表移除</translation>
  </message>
  <message>
   <source>Taking our words out</source>
   <translation>正在移除我们写入的文字</translation>
  </message>
  <message>
   <source>Undoing</source>
   <translation>正在撤销</translation>
  </message>
 </context>
 <context>
  <name>LibraryView</name>
  <message>
   <source>No photo matches what you are looking for.</source>
   <translation>没有符合条件的照片。</translation>
  </message>
  <message>
   <source>No photos here yet. Drop photos or a folder onto this window.</source>
   <translation>这里还没有照片。把照片或文件夹拖到此窗口。</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>显示所有照片</translation>
  </message>
 </context>
 <context>
  <name>Likening</name>
  <message>
   <source>Looking at photos</source>
   <translation>正在查看照片</translation>
  </message>
 </context>
 <context>
  <name>Looking</name>
  <message>
   <source>Loading …</source>
   <translation>正在加载…</translation>
  </message>
  <message>
   <source>Looking where the model looked …</source>
   <translation>正在分析模型看了哪里…</translation>
  </message>
  <message>
   <source>No part of the photo matters for “{word}”</source>
   <translation>照片中没有与“{word}”有关的部分</translation>
  </message>
  <message>
   <source>Photo {name}</source>
   <translation>照片 {name}</translation>
  </message>
  <message>
   <source>The model has no other tags for this photo</source>
   <translation>模型没有此照片的其他标签</translation>
  </message>
  <message>
   <source>Where “{word}” comes from</source>
   <translation>“{word}”的依据</translation>
  </message>
  <message>
   <source>“{word}” is not a word of the model's caption</source>
   <translation>“{word}”不是模型说明中的词</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>A report is in {file}; it stays on this computer.</source>
   <translation>报告在 {file}；它只留在本机。</translation>
  </message>
  <message>
   <source>Caption photos</source>
   <translation>为照片生成说明</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详细信息</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>No photo is lost; you can go on working.</source>
   <translation>没有照片丢失；您可以继续工作。</translation>
  </message>
  <message>
   <source>No report could be written.</source>
   <translation>无法写入报告。</translation>
  </message>
  <message>
   <source>Open a folder of photos</source>
   <translation>打开照片文件夹</translation>
  </message>
  <message>
   <source>Photos ({suffixes})</source>
   <translation>照片（{suffixes}）</translation>
  </message>
  <message>
   <source>Something went wrong that should not have. It is a mistake in tagger.</source>
   <translation>出现了不该出现的错误。这是 tagger 的问题。</translation>
  </message>
 </context>
 <context>
  <name>ModelsDialog</name>
  <message>
   <source>Add a model…</source>
   <translation>添加模型…</translation>
  </message>
  <message>
   <source>Checking {name} …</source>
   <translation>正在检查 {name}…</translation>
  </message>
  <message>
   <source>Compare…</source>
   <translation>比较…</translation>
  </message>
  <message>
   <source>Drop a model here to add it: a folder, or a file .taggerbundle.</source>
   <translation>把模型拖到这里即可添加：文件夹或 .taggerbundle 文件。</translation>
  </message>
  <message>
   <source>How fast it is on this computer is not measured yet.</source>
   <translation>尚未测量它在本机上的速度。</translation>
  </message>
  <message>
   <source>Measure its speed</source>
   <translation>测量速度</translation>
  </message>
  <message>
   <source>Measuring for {seconds} seconds …</source>
   <translation>正在测量，需要 {seconds} 秒…</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Photos to compare on</source>
   <translation>用于比较的照片</translation>
  </message>
  <message>
   <source>Teach the model the words of your corrections</source>
   <translation>教模型学会您更正时用的词</translation>
  </message>
  <message>
   <source>Teach…</source>
   <translation>教学…</translation>
  </message>
  <message>
   <source>The folder of a model</source>
   <translation>模型文件夹</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>What this model and the one in use say of the same photos</source>
   <translation>此模型与正在使用的模型对相同照片的说明</translation>
  </message>
  <message>
   <source>came along</source>
   <translation>自带</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>使用中</translation>
  </message>
  <message>
   <source>tag precision</source>
   <translation>标签精确率</translation>
  </message>
  <message>
   <source>{megabytes} MB</source>
   <translation>{megabytes} MB</translation>
  </message>
  <message>
   <source>{rate} captions/s on this computer, on {provider}.</source>
   <translation>在本机每秒 {rate} 条说明，运行于 {provider}。</translation>
  </message>
 </context>
 <context>
  <name>Notice</name>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Problem</source>
   <translation>问题</translation>
  </message>
 </context>
 <context>
  <name>PhotoDetails</name>
  <message>
   <source>Caption in the file</source>
   <translation>文件中的说明</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>生成说明</translation>
  </message>
  <message>
   <source>Details of the photo</source>
   <translation>照片的详细信息</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Identity</source>
   <translation>标识</translation>
  </message>
  <message>
   <source>Keywords in the file</source>
   <translation>文件中的关键词</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Sidecar</source>
   <translation>附属文件</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Sureness</source>
   <translation>把握程度</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>拍摄时间</translation>
  </message>
  <message>
   <source>Written by</source>
   <translation>写入者</translation>
  </message>
  <message>
   <source>{share} a word</source>
   <translation>每个词 {share}</translation>
  </message>
 </context>
 <context>
  <name>PhotoHistory</name>
  <message>
   <source>History of this photo</source>
   <translation>此照片的历史</translation>
  </message>
  <message>
   <source>Nothing was written into this photo yet.</source>
   <translation>此照片还没有写入过任何内容。</translation>
  </message>
  <message>
   <source>Put back what was there before</source>
   <translation>恢复之前的内容</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Undo: {what}, {when}</source>
   <translation>撤销：{what}，{when}</translation>
  </message>
 </context>
 <context>
  <name>PictureView</name>
  <message>
   <source>Every pixel</source>
   <translation>原始像素</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Plus and minus zoom, 0 fits the window, 1 shows every pixel</source>
   <translation>加减号缩放，0 适合窗口，1 显示每个像素</translation>
  </message>
  <message>
   <source>Whole photo</source>
   <translation>整张照片</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>放大</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>缩小</translation>
  </message>
 </context>
 <context>
  <name>Review</name>
  <message>
   <source>Looking for photos that wait for you …</source>
   <translation>正在查找等待您处理的照片…</translation>
  </message>
  <message>
   <source>No photo waits for you. Captions that are not written yet appear here.</source>
   <translation>没有照片在等待您。尚未写入的说明会显示在这里。</translation>
  </message>
  <message numerus="yes">
   <source>That was all: %n decided, {left} left undecided.</source>
   <translation>
    <numerusform>全部完成：已决定 %n 张，{left} 张未决定。</numerusform>
   </translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>此照片还没有说明。</translation>
  </message>
  <message>
   <source>approved</source>
   <translation>已批准</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>the decision was stopped before it was written</source>
   <translation>决定在写入之前被停止</translation>
  </message>
  <message>
   <source>{at} of {all}</source>
   <translation>第 {at} 张，共 {all} 张</translation>
  </message>
  <message>
   <source>{count} still to be written</source>
   <translation>还有 {count} 张待写入</translation>
  </message>
  <message>
   <source>{count} to decide</source>
   <translation>{count} 张待决定</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Back to the library</source>
   <translation>返回图库</translation>
  </message>
  <message>
   <source>Close the review</source>
   <translation>关闭审阅</translation>
  </message>
  <message>
   <source>Enter approves  ·  Backspace rejects  ·  Right and Left turn  ·  E edits  ·  U takes back</source>
   <translation>回车批准  ·  退格拒绝  ·  左右键翻页  ·  E 编辑  ·  U 撤回</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>再看一遍</translation>
  </message>
 </context>
 <context>
  <name>SelectionPage</name>
  <message numerus="yes">
   <source>%n photos selected</source>
   <translation>
    <numerusform>已选择 %n 张照片</numerusform>
   </translation>
  </message>
  <message>
   <source>Tags: {tags}</source>
   <translation>标签：{tags}</translation>
  </message>
  <message>
   <source>The first {count}: {text}</source>
   <translation>前 {count} 张：{text}</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>All libraries</source>
   <translation>所有图库</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>跟随桌面</translation>
  </message>
  <message>
   <source>It changes when the program is started again.</source>
   <translation>重新启动程序后生效。</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Of this program; captions are in the language of the model.</source>
   <translation>本程序的语言；说明使用模型的语言。</translation>
  </message>
  <message>
   <source>Only “{library}”</source>
   <translation>仅“{library}”</translation>
  </message>
  <message>
   <source>Photos, captions and tags never leave this computer: the model runs here, without a network.</source>
   <translation>照片、说明和标签从不离开本机：模型在本机运行，不使用网络。</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>隐私</translation>
  </message>
  <message>
   <source>Reports of crashes are files on this computer. You decide whether anybody gets one.</source>
   <translation>崩溃报告是本机上的文件。是否交给他人由您决定。</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Settings are in {file}.</source>
   <translation>设置保存在 {file}。</translation>
  </message>
  <message>
   <source>The index and the undo history are in the folder .tagger of each library.</source>
   <translation>索引和撤销历史保存在每个图库的 .tagger 文件夹中。</translation>
  </message>
  <message>
   <source>There is no account, no count of what you do, and no look for updates.</source>
   <translation>没有账户，不统计您的操作，也不检查更新。</translation>
  </message>
  <message>
   <source>There is nothing to choose here, because nothing is sent.</source>
   <translation>这里没有可选项，因为不发送任何内容。</translation>
  </message>
  <message>
   <source>These settings hold for</source>
   <translation>这些设置适用于</translation>
  </message>
 </context>
 <context>
  <name>TagChips</name>
  <message>
   <source>Add a tag</source>
   <translation>添加标签</translation>
  </message>
  <message>
   <source>Suggest more</source>
   <translation>更多建议</translation>
  </message>
  <message>
   <source>Tags of which the model is not sure enough to write them by itself</source>
   <translation>模型把握不足、不会自行写入的标签</translation>
  </message>
 </context>
 <context>
  <name>TeachDialog</name>
  <message>
   <source>Beginning …</source>
   <translation>正在开始…</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Found again</source>
   <translation>重新找到</translation>
  </message>
  <message>
   <source>Learn my captions too (takes minutes)</source>
   <translation>也学习我的说明（需要几分钟）</translation>
  </message>
  <message>
   <source>Looking at your corrections …</source>
   <translation>正在查看您的更正…</translation>
  </message>
  <message>
   <source>On others</source>
   <translation>在其他照片上</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Stopped. Nothing was kept.</source>
   <translation>已停止。没有保留任何内容。</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>正在停止…</translation>
  </message>
  <message>
   <source>Tag</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>撤回</translation>
  </message>
  <message>
   <source>Teach</source>
   <translation>教学</translation>
  </message>
  <message>
   <source>Teach the model your words</source>
   <translation>教模型学会您的词</translation>
  </message>
  <message>
   <source>What was learned</source>
   <translation>学到的内容</translation>
  </message>
  <message>
   <source>off</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>{approved} photos approved, {edited} corrected, {rejected} rejected; {added} tags put in, {removed} taken out.</source>
   <translation>已确认 {approved} 张照片，更正 {edited} 张，拒绝 {rejected} 张；添加标签 {added} 个，移除 {removed} 个。</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done}/{total}</translation>
  </message>
  <message>
   <source>{model} is used again.</source>
   <translation>已重新使用 {model}。</translation>
  </message>
  <message>
   <source>{model} is used from now on. Photos change when you have them captioned again.</source>
   <translation>从现在起使用 {model}。让照片重新生成说明后，照片才会改变。</translation>
  </message>
 </context>
 <context>
  <name>Tray</name>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Go on watching</source>
   <translation>继续监视</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Pause watching</source>
   <translation>暂停监视</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Show the window</source>
   <translation>显示窗口</translation>
  </message>
  <message>
   <source>Watched folders</source>
   <translation>监视的文件夹</translation>
  </message>
  <message>
   <source>Watching is paused; {count} wait.</source>
   <translation>监视已暂停；{count} 个等待中。</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>正在监视；{count} 张等待处理。</translation>
  </message>
 </context>
 <context>
  <name>UndoPanel</name>
  <message>
   <source>Also what later runs did to these photos</source>
   <translation>包括之后的运行对这些照片所做的更改</translation>
  </message>
  <message>
   <source>Do it again</source>
   <translation>重做</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史</translation>
  </message>
  <message>
   <source>Nothing was written in this library yet.</source>
   <translation>此图库还没有写入过任何内容。</translation>
  </message>
  <message>
   <source>Otherwise a photo that a later run changed too is left as it is, and listed as failed.</source>
   <translation>否则，之后的运行也更改过的照片会保持原样，并列为失败。</translation>
  </message>
  <message>
   <source>Run {run}</source>
   <translation>运行 {run}</translation>
  </message>
  <message>
   <source>Undo this run</source>
   <translation>撤销此次运行</translation>
  </message>
  <message>
   <source>What it changed</source>
   <translation>它更改的内容</translation>
  </message>
  <message>
   <source>What the run changed</source>
   <translation>此次运行更改的内容</translation>
  </message>
  <message>
   <source>… and more</source>
   <translation>… 等等</translation>
  </message>
 </context>
 <context>
  <name>WatchingDialog</name>
  <message>
   <source>A folder to watch</source>
   <translation>要监视的文件夹</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>添加文件夹…</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Nothing is watched now.</source>
   <translation>目前没有监视任何文件夹。</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Paused by you: photos that arrive wait.</source>
   <translation>已由您暂停：新到的照片会等待。</translation>
  </message>
  <message>
   <source>Paused: {reason}.</source>
   <translation>已暂停：{reason}。</translation>
  </message>
  <message>
   <source>Photos that arrive in these folders are captioned by themselves, from login on, also while this window is closed. On battery it pauses.</source>
   <translation>从登录起，进入这些文件夹的照片会自动生成说明，即使此窗口已关闭。使用电池时暂停。</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>So far: {counts}.</source>
   <translation>到目前为止：{counts}。</translation>
  </message>
  <message>
   <source>Stop watching</source>
   <translation>停止监视</translation>
  </message>
  <message>
   <source>Watch folders</source>
   <translation>监视文件夹</translation>
  </message>
  <message>
   <source>Watch from now on</source>
   <translation>开始监视</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>正在监视；{count} 张等待处理。</translation>
  </message>
  <message>
   <source>What arrives meanwhile waits; it holds after a restart too</source>
   <translation>期间到达的照片会等待；重启后仍然有效</translation>
  </message>
  <message>
   <source>on battery</source>
   <translation>使用电池供电</translation>
  </message>
  <message>
   <source>quiet hours {hours}</source>
   <translation>安静时段 {hours}</translation>
  </message>
 </context>
 <context>
  <name>Welcome</name>
  <message>
   <source>Captions and tags for your photos</source>
   <translation>为您的照片生成说明和标签</translation>
  </message>
  <message>
   <source>Every photo gets a sentence and tags, written where other photo programs read them.
Nothing leaves this computer, and everything can be undone to the byte.</source>
   <translation>每张照片都会得到一句话和若干标签，写在其他照片程序能读取的位置。
没有任何内容离开本机，一切都可以逐字节撤销。</translation>
  </message>
  <message>
   <source>Opened before</source>
   <translation>以前打开过</translation>
  </message>
 </context>
 <context>
  <name>WordsPanel</name>
  <message>
   <source>Caption</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
 </context>
 <context>
  <name>_Card</name>
  <message>
   <source>What the model's maker says</source>
   <translation>模型作者的说明</translation>
  </message>
 </context>
 <context>
  <name>_DropArea</name>
  <message>
   <source>Choose photos…</source>
   <translation>选择照片…</translation>
  </message>
  <message>
   <source>Drop photos or a folder here</source>
   <translation>把照片或文件夹拖到这里</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>打开文件夹…</translation>
  </message>
 </context>
 <context>
  <name>_Veil</name>
  <message>
   <source>Drop to caption</source>
   <translation>松开即可生成说明</translation>
  </message>
 </context>
 <context>
  <name>about</name>
  <message>
   <source>The texts of these licences are installed with each of them.</source>
   <translation>这些许可证的文本随各组件一同安装。</translation>
  </message>
 </context>
 <context>
  <name>actions</name>
  <message>
   <source>&amp;About tagger</source>
   <translation>关于 tagger(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Approve first</source>
   <translation>先批准(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Close the library</source>
   <translation>关闭图库(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Colours</source>
   <translation>颜色(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>深色(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>编辑(&amp;E)</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>文件(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>帮助(&amp;H)</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>浅色(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Models…</source>
   <translation>模型(&amp;M)…</translation>
  </message>
  <message>
   <source>&amp;Photos</source>
   <translation>照片(&amp;P)</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>退出(&amp;Q)</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>重做(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Review</source>
   <translation>审阅(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Settings…</source>
   <translation>设置(&amp;S)…</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>撤销(&amp;U)</translation>
  </message>
  <message>
   <source>&amp;Undo the selected photos' last change</source>
   <translation>撤销所选照片的最近更改(&amp;U)</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>视图(&amp;V)</translation>
  </message>
  <message>
   <source>&amp;Watch folders…</source>
   <translation>监视文件夹(&amp;W)…</translation>
  </message>
  <message>
   <source>Add a tag</source>
   <translation>添加标签</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>批准</translation>
  </message>
  <message>
   <source>As the &amp;desktop</source>
   <translation>跟随桌面(&amp;D)</translation>
  </message>
  <message>
   <source>Caption &amp;photos…</source>
   <translation>为照片生成说明(&amp;P)…</translation>
  </message>
  <message>
   <source>Caption the &amp;selected photos</source>
   <translation>为所选照片生成说明(&amp;S)</translation>
  </message>
  <message>
   <source>Caption what is &amp;new</source>
   <translation>为新照片生成说明(&amp;N)</translation>
  </message>
  <message>
   <source>Caption what was c&amp;opied</source>
   <translation>为复制的内容生成说明(&amp;V)</translation>
  </message>
  <message>
   <source>Captions stay in the index; nothing is written into a photo until you approve</source>
   <translation>说明只保存在索引中；在您批准之前不写入照片</translation>
  </message>
  <message>
   <source>Copy the caption</source>
   <translation>复制说明</translation>
  </message>
  <message>
   <source>Copy the path</source>
   <translation>复制路径</translation>
  </message>
  <message>
   <source>Do again what was undone last</source>
   <translation>重做最近撤销的操作</translation>
  </message>
  <message>
   <source>Edit the caption</source>
   <translation>编辑说明</translation>
  </message>
  <message>
   <source>Find similar photos</source>
   <translation>查找相似照片</translation>
  </message>
  <message>
   <source>Library</source>
   <translation>图库</translation>
  </message>
  <message>
   <source>Look for new photos</source>
   <translation>查找新照片</translation>
  </message>
  <message>
   <source>Look through the whole library and caption what is new (F5)</source>
   <translation>检查整个图库，为新照片生成说明 (F5)</translation>
  </message>
  <message>
   <source>No library</source>
   <translation>没有图库</translation>
  </message>
  <message>
   <source>Open a &amp;folder…</source>
   <translation>打开文件夹(&amp;F)…</translation>
  </message>
  <message>
   <source>Open a folder, and caption what is new in it (Ctrl+O)</source>
   <translation>打开文件夹，为其中的新照片生成说明 (Ctrl+O)</translation>
  </message>
  <message>
   <source>Open with another program</source>
   <translation>用其他程序打开</translation>
  </message>
  <message>
   <source>Opened &amp;before</source>
   <translation>以前打开过(&amp;B)</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>全选</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>在文件夹中显示</translation>
  </message>
  <message>
   <source>Show large</source>
   <translation>放大显示</translation>
  </message>
  <message>
   <source>Switch to another library</source>
   <translation>切换到其他图库</translation>
  </message>
  <message>
   <source>Take off the list…</source>
   <translation>从列表移除…</translation>
  </message>
  <message>
   <source>Take our words &amp;out of the selected photos</source>
   <translation>从所选照片移除我们写入的文字(&amp;O)</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>工具</translation>
  </message>
  <message>
   <source>Undo the last run (Ctrl+Z)</source>
   <translation>撤销最近一次运行 (Ctrl+Z)</translation>
  </message>
 </context>
 <context>
  <name>deciding</name>
  <message>
   <source>Approving</source>
   <translation>正在批准</translation>
  </message>
  <message>
   <source>Rejecting</source>
   <translation>正在拒绝</translation>
  </message>
 </context>
 <context>
  <name>history</name>
  <message>
   <source>Approved</source>
   <translation>已批准</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>生成说明</translation>
  </message>
  <message>
   <source>Captioned again</source>
   <translation>重新生成说明</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>已编辑</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>已移除我们写入的文字</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>Undone</source>
   <translation>已撤销</translation>
  </message>
  <message>
   <source>being taken back</source>
   <translation>正在撤回</translation>
  </message>
  <message>
   <source>changed by another program</source>
   <translation>被其他程序更改</translation>
  </message>
  <message>
   <source>in the file</source>
   <translation>在文件中</translation>
  </message>
  <message>
   <source>never reached the file</source>
   <translation>从未写入文件</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>已撤回</translation>
  </message>
  <message>
   <source>under way</source>
   <translation>进行中</translation>
  </message>
 </context>
 <context>
  <name>opening</name>
  <message>
   <source>drop photos (JPEG, PNG, HEIC, RAW …) or folders of them</source>
   <translation>请拖入照片（JPEG、PNG、HEIC、RAW 等）或照片文件夹</translation>
  </message>
  <message>
   <source>{names}: no photo and no folder</source>
   <translation>{names}：既不是照片也不是文件夹</translation>
  </message>
 </context>
 <context>
  <name>questions</name>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>不退出</translation>
  </message>
  <message>
   <source>Go on working</source>
   <translation>继续工作</translation>
  </message>
  <message>
   <source>Only those whose files are gone. What was said of them and never written into a file is lost.</source>
   <translation>仅限文件已不存在的照片。对它们的说明若从未写入文件，将会丢失。</translation>
  </message>
  <message>
   <source>Our words are taken out and these photos are not captioned again. You can undo it.</source>
   <translation>将移除我们写入的文字，并且不再为这些照片生成说明。此操作可以撤销。</translation>
  </message>
  <message>
   <source>Photos are still being worked on.</source>
   <translation>仍有照片正在处理。</translation>
  </message>
  <message>
   <source>Quit nevertheless</source>
   <translation>仍然退出</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>拒绝</translation>
  </message>
  <message numerus="yes">
   <source>Reject the captions of %n photos?</source>
   <translation>
    <numerusform>拒绝 %n 张照片的说明？</numerusform>
   </translation>
  </message>
  <message>
   <source>Stop and quit</source>
   <translation>停止并退出</translation>
  </message>
  <message numerus="yes">
   <source>Take %n photos off the list?</source>
   <translation>
    <numerusform>从列表移除 %n 张照片？</numerusform>
   </translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>从列表移除</translation>
  </message>
  <message>
   <source>Take this photo off the list?</source>
   <translation>从列表移除这张照片？</translation>
  </message>
  <message>
   <source>The photos in hand are finished. What is left can be done at the next start.</source>
   <translation>手头的照片会先完成。其余的可以在下次启动时完成。</translation>
  </message>
  <message>
   <source>What you typed and did not save would be lost.</source>
   <translation>您输入但未保存的内容将会丢失。</translation>
  </message>
 </context>
 <context>
  <name>runs</name>
  <message>
   <source>Approved</source>
   <translation>已批准</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>生成说明</translation>
  </message>
  <message>
   <source>Captioned anew</source>
   <translation>重新生成说明</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>已编辑</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>已移除我们写入的文字</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>Undone, keeping others' changes</source>
   <translation>已撤销，保留他人的更改</translation>
  </message>
  <message>
   <source>undone</source>
   <translation>已撤销</translation>
  </message>
  <message>
   <source>{action}: {count} changes</source>
   <translation>{action}：{count} 处更改</translation>
  </message>
  <message>
   <source>{count} changed by another program</source>
   <translation>{count} 处被其他程序更改</translation>
  </message>
  <message>
   <source>{count} undone</source>
   <translation>{count} 处已撤销</translation>
  </message>
 </context>
 <context>
  <name>settings</name>
  <message>
   <source>0: the model decides for each tag.</source>
   <translation>0：由模型决定每个标签。</translation>
  </message>
  <message>
   <source>A caption that a person, or another program, wrote before.</source>
   <translation>由人或其他程序以前写入的说明。</translation>
  </message>
  <message>
   <source>A caption that you approved is never changed.</source>
   <translation>您批准过的说明永远不会被更改。</translation>
  </message>
  <message>
   <source>A dog on a beach</source>
   <translation>A dog on a beach</translation>
  </message>
  <message>
   <source>A dog on a beach.</source>
   <translation>A dog on a beach.</translation>
  </message>
  <message>
   <source>A graphics card needs the package onnxruntime-gpu.</source>
   <translation>使用显卡需要安装 onnxruntime-gpu。</translation>
  </message>
  <message>
   <source>A sidecar is a small XMP file beside the photo.</source>
   <translation>附属文件是照片旁边的小型 XMP 文件。</translation>
  </message>
  <message>
   <source>As the model says it</source>
   <translation>按模型原样</translation>
  </message>
  <message>
   <source>As they are</source>
   <translation>保持原样</translation>
  </message>
  <message>
   <source>As usual: the best of several</source>
   <translation>照常：多个中最好的</translation>
  </message>
  <message>
   <source>Ask me below a score of</source>
   <translation>分数低于此值时询问我</translation>
  </message>
  <message>
   <source>At least so sure</source>
   <translation>最低把握</translation>
  </message>
  <message>
   <source>Before every tag</source>
   <translation>每个标签之前</translation>
  </message>
  <message>
   <source>Behind every tag</source>
   <translation>每个标签之后</translation>
  </message>
  <message>
   <source>Capital letters</source>
   <translation>大小写</translation>
  </message>
  <message>
   <source>Captions</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>Captions that score less wait for your review. 0: none waits.</source>
   <translation>分数更低的说明等待您审阅。0：无需等待。</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Do not say man or woman</source>
   <translation>不说男人或女人</translation>
  </message>
  <message>
   <source>Each Word</source>
   <translation>每个单词首字母大写</translation>
  </message>
  <message>
   <source>Fields for hierarchies</source>
   <translation>层级字段</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>First word</source>
   <translation>仅首词大写</translation>
  </message>
  <message>
   <source>For every photo; photos stay as they are</source>
   <translation>每张照片都用；照片保持原样</translation>
  </message>
  <message>
   <source>Graphics card (CUDA)</source>
   <translation>显卡 (CUDA)</translation>
  </message>
  <message>
   <source>How a caption is written</source>
   <translation>说明的写法</translation>
  </message>
  <message>
   <source>In every photo</source>
   <translation>每张照片</translation>
  </message>
  <message>
   <source>In so many megabytes</source>
   <translation>占用空间上限（MB）</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保留它</translation>
  </message>
  <message>
   <source>Keep so many days</source>
   <translation>保留天数</translation>
  </message>
  <message>
   <source>Leave the date of change as it was</source>
   <translation>保持修改日期不变</translation>
  </message>
  <message>
   <source>Little: the first that is found</source>
   <translation>少：找到的第一个</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Model and speed</source>
   <translation>模型与速度</translation>
  </message>
  <message>
   <source>More are slower, and a little better.</source>
   <translation>越多越慢，效果略好。</translation>
  </message>
  <message>
   <source>Most tags a photo</source>
   <translation>每张照片的标签上限</translation>
  </message>
  <message>
   <source>Much: the best of many, slower</source>
   <translation>多：众多中最好的，较慢</translation>
  </message>
  <message>
   <source>My own words</source>
   <translation>我自己的用词</translation>
  </message>
  <message>
   <source>Name of a new sidecar</source>
   <translation>新附属文件的名称</translation>
  </message>
  <message>
   <source>Names are labels of the model, or the words you write for them. * stands for any text.</source>
   <translation>名称是模型的标签，或您为它们写的词。* 代表任意文字。</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>从不</translation>
  </message>
  <message>
   <source>Never these</source>
   <translation>不要这些</translation>
  </message>
  <message>
   <source>One a line: dog = Hund</source>
   <translation>每行一个：dog = Hund</translation>
  </message>
  <message>
   <source>One a line: dog = pet, animal</source>
   <translation>每行一个：dog = pet, animal</translation>
  </message>
  <message>
   <source>One a line: person = 0.8</source>
   <translation>每行一个：person = 0.8</translation>
  </message>
  <message>
   <source>Only these</source>
   <translation>只要这些</translation>
  </message>
  <message>
   <source>Otherwise captions and tags are kept in the index only, where search finds them.</source>
   <translation>否则说明和标签只保存在索引中，可以搜索到。</translation>
  </message>
  <message>
   <source>Parents</source>
   <translation>上级标签</translation>
  </message>
  <message>
   <source>Photos at once</source>
   <translation>一次处理的照片数</translation>
  </message>
  <message>
   <source>Photos with several names</source>
   <translation>有多个名称的照片</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>Put ours behind it</source>
   <translation>把我们的放在后面</translation>
  </message>
  <message>
   <source>Put ours in its place</source>
   <translation>用我们的代替</translation>
  </message>
  <message>
   <source>Runs on</source>
   <translation>运行于</translation>
  </message>
  <message>
   <source>Sentences weighed side by side</source>
   <translation>同时比较的句子数</translation>
  </message>
  <message>
   <source>Several are separated by commas.</source>
   <translation>多个之间用逗号分隔。</translation>
  </message>
  <message>
   <source>Sidecars</source>
   <translation>附属文件</translation>
  </message>
  <message>
   <source>So sure for single tags</source>
   <translation>个别标签需要的把握</translation>
  </message>
  <message>
   <source>Some backup programs give one file several names.</source>
   <translation>有些备份程序会给一个文件多个名称。</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Take it out of these settings</source>
   <translation>从这些设置中移除</translation>
  </message>
  <message>
   <source>The folder of a model.</source>
   <translation>模型的文件夹。</translation>
  </message>
  <message>
   <source>The model guesses it, and is often wrong: person says as much.</source>
   <translation>这是模型猜的，常常出错：person 同样能说明问题。</translation>
  </message>
  <message>
   <source>The picture itself is never touched, only the words that are stored with it.</source>
   <translation>图像本身绝不改动，只改动随它保存的文字。</translation>
  </message>
  <message>
   <source>Those of Lightroom and digiKam.</source>
   <translation>Lightroom 和 digiKam 的字段。</translation>
  </message>
  <message>
   <source>Threads that read photos</source>
   <translation>读取照片的线程数</translation>
  </message>
  <message>
   <source>Trouble taken over a caption</source>
   <translation>为说明花费的工夫</translation>
  </message>
  <message>
   <source>UPPER CASE</source>
   <translation>全部大写</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>What is older, or does not fit, can no longer be undone.</source>
   <translation>更早的或放不下的内容无法再撤销。</translation>
  </message>
  <message>
   <source>What is slow on one computer may be right on another: Models in the menu measures it.</source>
   <translation>在一台电脑上慢的，在另一台上可能正合适：菜单中的“模型”可以测量。</translation>
  </message>
  <message>
   <source>Whatever is there</source>
   <translation>有什么用什么</translation>
  </message>
  <message>
   <source>Where a photo has a caption</source>
   <translation>照片已有说明时</translation>
  </message>
  <message>
   <source>Where the model has learned to choose among several.</source>
   <translation>适用于学会从多个中选择的模型。</translation>
  </message>
  <message>
   <source>Where the photo cannot hold words, or has one</source>
   <translation>照片无法保存文字，或已有附属文件时</translation>
  </message>
  <message>
   <source>Where the photo has them</source>
   <translation>照片已有这些字段时</translation>
  </message>
  <message>
   <source>Write a sidecar</source>
   <translation>写附属文件</translation>
  </message>
  <message>
   <source>Write into the photos</source>
   <translation>写入照片</translation>
  </message>
  <message>
   <source>Write parents as tags too</source>
   <translation>把上级标签也写为标签</translation>
  </message>
  <message>
   <source>Write the photo, which separates the names</source>
   <translation>写入照片，名称会因此分开</translation>
  </message>
  <message>
   <source>a dog on a beach</source>
   <translation>a dog on a beach</translation>
  </message>
  <message>
   <source>all that the model knows</source>
   <translation>模型认识的全部</translation>
  </message>
  <message>
   <source>as many as suit</source>
   <translation>自动选择</translation>
  </message>
  <message>
   <source>as the model has it</source>
   <translation>按模型的设定</translation>
  </message>
  <message>
   <source>lower case</source>
   <translation>全部小写</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>不限</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>photo.jpg.xmp (darktable, digiKam)</source>
   <translation>photo.jpg.xmp (darktable, digiKam)</translation>
  </message>
  <message>
   <source>photo.xmp (Lightroom, Capture One)</source>
   <translation>photo.xmp (Lightroom, Capture One)</translation>
  </message>
  <message>
   <source>the one that came along</source>
   <translation>自带的模型</translation>
  </message>
  <message>
   <source>{setting}: take it out of these settings</source>
   <translation>{setting}：从这些设置中移除</translation>
  </message>
 </context>
 <context>
  <name>state</name>
  <message>
   <source>Approved</source>
   <translation>已批准</translation>
  </message>
  <message>
   <source>Approved: the model leaves it alone</source>
   <translation>已批准：模型不再更改</translation>
  </message>
  <message>
   <source>By the model</source>
   <translation>由模型生成</translation>
  </message>
  <message>
   <source>Captioned by the model</source>
   <translation>由模型生成说明</translation>
  </message>
  <message>
   <source>Changed by another program</source>
   <translation>被其他程序更改</translation>
  </message>
  <message>
   <source>Changed by another program, or gone</source>
   <translation>被其他程序更改，或已不存在</translation>
  </message>
  <message>
   <source>Could not be captioned</source>
   <translation>无法生成说明</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>New</source>
   <translation>新照片</translation>
  </message>
  <message>
   <source>New: not captioned yet</source>
   <translation>新照片：还没有说明</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>Rejected: never captioned again</source>
   <translation>已拒绝：不再生成说明</translation>
  </message>
  <message>
   <source>Waits for you</source>
   <translation>等待您处理</translation>
  </message>
  <message>
   <source>Waits for you to approve it</source>
   <translation>等待您批准</translation>
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>approved</source>
   <translation>张已批准</translation>
  </message>
  <message>
   <source>captioned</source>
   <translation>张已生成说明</translation>
  </message>
  <message>
   <source>cleaned</source>
   <translation>张已清理</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>张已编辑</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>张失败</translation>
  </message>
  <message>
   <source>left alone</source>
   <translation>张未处理</translation>
  </message>
  <message>
   <source>less than a minute left</source>
   <translation>剩余不到一分钟</translation>
  </message>
  <message>
   <source>put back</source>
   <translation>张已恢复</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>张已拒绝</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>张未变</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
  </message>
  <message>
   <source>{minutes} min left</source>
   <translation>剩余 {minutes} 分钟</translation>
  </message>
  <message>
   <source>{rate} photos/min</source>
   <translation>每分钟 {rate} 张</translation>
  </message>
  <message>
   <source>{rate} photos/s</source>
   <translation>每秒 {rate} 张</translation>
  </message>
 </context>
</TS>
